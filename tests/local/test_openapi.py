"""Requests made of the OpenAPI document, against the running stack: nothing undocumented, no 500."""

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.figures import note
from tests.local.running import running
from tests.reference import ROOT
from tests.sizes import LONG, size

CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
LEFT_OUT: Final = {
    "ignored_auth": "the platform asks for keys, and the local host for none",
    "object_level_authorization": "the shop lets everybody read everything; test_owners.py holds who may",
}
"""Checks of schemathesis that could only pass, each with the reason; all others are made."""
PHASES = "examples,coverage,fuzzing,stateful" if LONG else "examples,fuzzing,stateful"
EXAMPLES, LEAST_CASES, LEAST_LINKS = size(7, 35), size(200, 2_000), size(1, 10)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_nothing_undocumented_comes_of_any_request(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with running(tmp_path) as stack:
        process = await asyncio.create_subprocess_exec(
            *(
                str(Path(sys.executable).with_name("schemathesis")),
                f"--config-file={CONFIGURATION}",
            ),
            *("run", f"{stack.url}/api/openapi.json", "--phases", PHASES, "--mode", "all"),
            *("--checks", "all", "--exclude-checks", ",".join(LEFT_OUT)),
            *("--max-examples", str(EXAMPLES), "--seed", "1", "--workers", "24", "--no-color"),
            *("--generation-database", "none", "--request-timeout", "30", "--warnings", "off"),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        output = (await process.communicate())[0].decode()

    assert process.returncode == 0, output
    generated, passed = re.findall(r"(\d+) generated, (\d+) passed", output)[0]
    assert int(generated) == int(passed) >= LEAST_CASES
    (followed,) = re.findall(r"API Links: +(\d+) covered", output)
    assert int(followed) >= LEAST_LINKS
    note(
        pytestconfig,
        f"schemathesis: {generated} cases, {followed} links followed, nothing undocumented, no 500",
    )
