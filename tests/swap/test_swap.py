"""Swap the folder `shared/domain`, touch nothing else, and you have another product."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from infra.local.stack import ROOT, Ports
from tests.local.running import READY

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "tests", "docs")


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """A stack of a copy of the project that has another domain."""
    copy, ports = tmp_path / "copy", Ports.free()
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    shutil.rmtree(copy / "shared" / "domain")
    shutil.copytree(Path(__file__).parent / "domain", copy / "shared" / "domain", ignore=LEFT_OUT)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.run", "--state", str(tmp_path / "state")),
        *("--http", str(ports.http), "--cosmos", str(ports.cosmos)),
        *("--event-hubs", str(ports.event_hubs), "--event-grid", str(ports.event_grid)),
        *("--faults", str(ports.faults)),
        cwd=copy,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(60):
        ready = READY.search((await process.stdout.readline()).decode())
    assert ready, "the copy did not start"
    yield ready[1]
    process.terminate()
    await process.wait()


async def test_another_domain_runs_through_every_role(url: str) -> None:
    async with aiohttp.ClientSession(url) as http:

        async def ask(method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
            async with http.request(method, path, **options) as response:
                return response.status, await response.json()

        lamp, key = "/api/lamp/desk", {"Idempotency-Key": "first"}
        assert (await ask("POST", f"{lamp}/switch-off", json={}))[1]["refusal"] == "dark-already"
        first = await ask("POST", f"{lamp}/switch-on", json={"brightness": 60}, headers=key)
        again = await ask("POST", f"{lamp}/switch-on", json={"brightness": 60}, headers=key)
        assert again == first
        assert first[1]["events"] == [
            {"version": 1, "type": "SwitchedOn", "schema": 1, "data": {"brightness": 60}}
        ]
        assert (await ask("POST", f"{lamp}/switch-on", json={"brightness": 101}))[0] == 400
        projected = {"Prefer": "until=projected, wait=20"}
        assert (await ask("POST", f"{lamp}/switch-off", json={}, headers=projected))[0] == 200

        shown = await ask("GET", "/api/views/lamps/desk")
        assert shown[1]["rows"][0]["data"] == {"brightness": 0, "switched": 2}
        assert (await ask("GET", "/api/streams/lamp-desk?at=1"))[1]["state"] == {"brightness": 60}
        paths = (await ask("GET", "/api/openapi.json"))[1]["paths"]
        assert {"/api/lamp/{id}/switch-on", "/api/views/lamps"} <= paths.keys()
        assert (await ask("GET", "/api/operations/parked"))[1] == {"parked": []}
        assert (await ask("GET", "/api/health"))[1]["status"] == "ready"
