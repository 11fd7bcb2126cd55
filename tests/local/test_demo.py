"""The demo, on a small scale: it ends well, and says what happened."""

import asyncio
import sys
from pathlib import Path

import pytest

from infra.local.stack import ROOT

SMALL = ("--commands", "64", "--orders", "60", "--customers", "20", "--pieces", "4")


@pytest.mark.proof
async def test_the_demo_ends_well_and_says_what_happened(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.shop", "--state", str(tmp_path), *SMALL),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    said = output.decode()

    assert process.returncode == 0, said + errors.decode()
    assert "Every one of 60 orders has ended" in said
    assert "a command → order-" in said
    assert "ReserveForOrder → item-SKU-" in said
    assert "parcels and 50 deliveries of goods over the webhook" in said
    assert "partner    told of" in said
