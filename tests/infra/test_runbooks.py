"""Every local command of the runbooks, run as it stands against a local stack; the ports alone are others."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from shared.adapters.cosmos.client import container, open_client
from shared.adapters.cosmos.parking import CosmosParking
from shared.adapters.names import PARKED
from shared.adapters.settings import Settings
from shared.kernel.delivery.parking import Parked
from tests.local.running import Running
from tests.reference import ROOT

RUNBOOKS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = [
    block.partition("\n")[2].strip()
    for block in re.findall(r"```sh\n(.*?)```", RUNBOOKS, re.DOTALL)
    if block.startswith("# local")
]
CASE = {"STREAM": "item-SKU1", "VIEW": "stock"}
"""What the commands are about."""
SHOWN = {
    "make doctor": r"\Awell  functions\n(well  .*\n|\?     .*\n|ILL   parked: 1 streams .*\n .*\n)+\Z",
    "curl -s 127.0.0.1:7071/api/health": r'"status":"ready"',
    "curl -s 127.0.0.1:7071/api/operations/parked": r'"stream":"item-SKU1"',
    "curl -s 127.0.0.1:7071/api/operations/lag": r'"stage":"projections"',
    "release": r'{"stream":"item-SKU1","version":1,"by":"ada \(unproven\)"}',
    'curl -s -X POST "127.0.0.1:7071/api/operations/views/$VIEW/rebuild"': r'"phase":"filling"',
    """curl -s --json '{"from": "log"}' "127.0.0.1:7071/api/operations/views/$VIEW/rebuild\"""": (
        r'"phase":"filling","from":"log"'
    ),
    'curl -s "127.0.0.1:7071/api/operations/views/$VIEW/rebuild"': r'"view":"stock","phase":"\w+"',
}


@dataclass
class Desk:
    """A stack in which one stream is parked for the projections."""

    stack: Running

    async def type(self, block: str) -> str:
        """Run a block in a shell, and give what it prints."""
        typed = block.replace("127.0.0.1:7071", f"127.0.0.1:{self.stack.ports.http}").replace(
            "make doctor", f"{sys.executable} -m infra.doctor --url {self.stack.url}"
        )
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", typed),
            cwd=ROOT,
            env={**os.environ, **self.stack.settings, **CASE, "SWEEP_SCHEDULE": "0 * * * * *"},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        return said.decode()


@pytest.fixture
async def desk(stack: Running) -> AsyncIterator[Desk]:
    url = f"{stack.url}/api/item/SKU1/register-item"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json={"name": "Teapot", "reorderPoint": 1}) as response,
    ):
        assert response.status == 200
    client = await open_client(Settings.read(stack.settings))
    parking = CosmosParking(container(client, PARKED))
    marker = Parked("projections", "item-SKU1", 1, 1, "a bug in a view", "2026-11-23T12:00:00Z")
    await parking.park(marker)
    yield Desk(stack)
    # The stack is shared: what a runbook has not released must not stay behind.
    if (left := await parking.find("projections", "item-SKU1")) is not None:
        await parking.unpark(left)
    await client.close()


async def test_every_local_command_does_what_its_runbook_says(desk: Desk) -> None:
    assert len(BLOCKS) == len(SHOWN)
    for block in BLOCKS:
        (expected,) = (SHOWN[said] for said in SHOWN if block == said or f"/{said}" in block)

        assert re.search(expected, await desk.type(block)), block
