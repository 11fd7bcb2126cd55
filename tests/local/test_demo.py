"""The demo, on a small scale: it ends well, and says what happened."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from infra.business import Project
from tests.reference import ROOT, copied

SMALL = ("--commands", "64", "--orders", "60", "--customers", "20", "--pieces", "4")


async def demo(project: Path, *arguments: str) -> tuple[int | None, str, str]:
    """Run the demo of a project; gives its status, what it says and what it complains of."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.shop", *arguments),
        cwd=project,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_for_another_business_the_demo_says_what_to_do(tmp_path: Path) -> None:
    project = Project(copied(tmp_path / "copy"))
    project.activate("clinic")

    status, said, complaint = await demo(project.root)

    assert (status, said) == (1, "")
    assert "the business that runs is 'clinic'. `make run` serves it" in complaint


@pytest.mark.proof
async def test_the_demo_ends_well_and_says_what_happened(tmp_path: Path) -> None:
    status, said, errors = await demo(ROOT, "--state", str(tmp_path), *SMALL)

    assert status == 0, said + errors
    assert "Every one of 60 orders has ended" in said
    assert "a command → order-" in said
    assert "ReserveForOrder → item-SKU-" in said
    assert "parcels and 50 deliveries of goods over the webhook" in said
    assert "partner    told of" in said
    assert re.search(r"counted confirmed orders: [1-9]\d* in .*, of [1-9]\d* customers", said)
