"""Requests made of the OpenAPI document, against the running stack: nothing undocumented, no 500."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from tests.figures import note
from tests.local.running import running
from tests.sizes import LONG, size

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance,unsupported_method"
)
PHASES = "examples,coverage,fuzzing" if LONG else "examples,fuzzing"
EXAMPLES, LEAST_CASES = size(12, 35), size(200, 2_000)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_nothing_undocumented_comes_of_any_request(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with running(tmp_path) as stack:
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("schemathesis")), "run"),
            f"{stack.url}/api/openapi.json",
            *("--phases", PHASES, "--mode", "all", "--checks", CHECKS),
            *("--max-examples", str(EXAMPLES), "--seed", "1", "--workers", "24", "--no-color"),
            *("--generation-database", "none", "--request-timeout", "30", "--warnings", "off"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
        )
        output = (await process.communicate())[0].decode()

    assert process.returncode == 0, output
    generated, passed = re.findall(r"(\d+) generated, (\d+) passed", output)[0]
    assert int(generated) == int(passed) >= LEAST_CASES
    note(pytestconfig, f"schemathesis: {generated} cases, nothing undocumented, no 500")
