"""The front door: what a newcomer types, and what is said when it cannot work."""

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.tests.waiting import in_time
from infra.local.ports import Ports
from infra.local.stack import SETTINGS, make_stack
from tests.figures import note
from tests.local.running import Running, running, start
from tests.reference import ROOT

pytestmark = pytest.mark.alone


async def post(
    http: aiohttp.ClientSession, stack: Running, command: str, body: dict[str, Any]
) -> dict[str, Any]:
    async with http.post(f"{stack.url}/api/item/SKU1/{command}", json=body) as response:
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def seconds_until_shown(http: aiohttp.ClientSession, stack: Running, available: int) -> float:
    begun = time.perf_counter()
    async with in_time():
        while True:
            async with http.get(f"{stack.url}/api/views/stock/SKU1") as response:
                body = await response.json()
            if body.get("rows", [{}])[0].get("data", {}).get("available") == available:
                return time.perf_counter() - begun
            await asyncio.sleep(0.01)


async def test_a_newcomer_sees_a_write_go_all_the_way_to_the_view(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with running(tmp_path) as stack, aiohttp.ClientSession() as http:
        await post(http, stack, "register-item", {"name": "Teapot", "reorderPoint": 2})
        await post(http, stack, "receive-stock", {"quantity": 10})
        first = await seconds_until_shown(http, stack, 10)
        await post(http, stack, "receive-stock", {"quantity": 5})
        second = await seconds_until_shown(http, stack, 15)

        assert await stack.stop() == 0
    note(pytestconfig, f"from answer to view: {first:.2f} s the first time, {second:.2f} s then")


async def test_what_was_written_is_there_after_a_restart(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    ports, seconds = Ports.free(), []
    for number in range(1, 4):
        async with running(tmp_path, ports) as stack, aiohttp.ClientSession() as http:
            seconds.append(stack.seconds)
            if number == 1:
                await post(http, stack, "register-item", {"name": "Teapot", "reorderPoint": 2})
            received = await post(http, stack, "receive-stock", {"quantity": 10})
            await seconds_until_shown(http, stack, 10 * number)
            assert received["version"] == number + 1
    note(
        pytestconfig,
        f"start: {seconds[0]:.1f} s the first time, median from the second on"
        f" {statistics.median(seconds[1:]):.1f} s",
    )


async def test_a_second_stack_on_the_same_ports_is_told_so(tmp_path: Path) -> None:
    async with running(tmp_path) as stack:
        port = stack.ports.http
        way_out = rf'port {port} is taken: .*OPTIONS="--http {port + 1}"'
        with pytest.raises(AssertionError, match=way_out):
            await asyncio.to_thread(start, tmp_path / "second", stack.ports)


async def test_a_host_waits_for_a_store_that_starts_late_and_goes_with_its_parent(
    tmp_path: Path,
) -> None:
    host = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulators.host", "--app", str(ROOT)),
        *("--settings", str(SETTINGS), "--port", "0", "--state", str(tmp_path)),
        cwd=ROOT,
        env=make_stack(Ports.free(), tmp_path).environment,
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert host.stdin
    assert host.stderr
    async with in_time():
        while b"Cannot connect" not in (line := await host.stderr.readline()):
            assert line
        host.stdin.close()
        while await host.stderr.readline():
            continue
        assert await host.wait() == 1


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 11, 7), (3, 14, 0)])
async def test_a_wrong_python_is_told_what_to_do(version: tuple[int, int, int]) -> None:
    pretend = (
        f"import sys; sys.version_info = {version};"
        " exec(compile(open('infra/check_python.py').read(), 'check', 'exec'))"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", pretend), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()

    assert process.returncode == 1
    assert told.decode().startswith("Onewrite runs on Python 3.13, and this is ")
    assert "Traceback" not in told.decode()
