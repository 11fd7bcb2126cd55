"""CPU of a request in the process of the functions by layers, and of a batch in the worker library.

Prints as JSON the medians in microseconds, of interleaved rounds; the client is a process of its own.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

from aiohttp import web

from consumers.unread_times import leave_unread
from emulators.host import worker
from emulators.host.configuration import HostConfiguration
from emulators.host.host import Host
from emulators.host.protos import TypedData
from emulators.host.rules import HTTP, check
from emulators.host.worker import Retry

APP = Path(__file__).parent / "app"
ROUNDS = 7
EACH = 100
BATCH = 50
QUANTITY = {"quantity": 1}


class Client:
    """A process that sends requests to a port."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def to(cls, port: int) -> "Client":
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.bench.http_client", str(port)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )

    async def send(self, path: str, count: int, body: Mapping[str, object]) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([path, count, body]).encode() + b"\n")
        assert await self._process.stdout.readline(), "the client has ended"

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()


async def bare_server() -> tuple[web.AppRunner, int]:
    """Serve an answer of the same size with nothing behind it."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, int(runner.addresses[0][1])


def batch() -> tuple[TypedData, Mapping[str, TypedData]]:
    """Give events as the host hands them over, with their times in its form."""
    about = [
        {
            "SequenceNumber": number,
            "Offset": str(number),
            "PartitionKey": None,
            "EnqueuedTimeUtc": "2026-11-23T12:00:00.123",
        }
        for number in range(BATCH)
    ]
    bodies = SimpleNamespace(bytes=[b"{}"] * BATCH)
    return TypedData(collection_bytes=bodies), {
        "SystemPropertiesArray": TypedData(json=json.dumps(about))
    }


async def measure(state: Path) -> dict[str, float]:
    functions = check(await worker.index(APP), HostConfiguration.read(APP))
    host = Host([one for one in functions if one.is_in(HTTP)], HostConfiguration.read(APP), state)
    through, (runner, port) = await Client.to(await host.start(0)), await bare_server()
    bare, id_ = await Client.to(port), f"bench-{uuid4()}"
    await through.send(f"/api/item/{id_}/register-item", 1, {"name": "Teapot", "reorderPoint": 2})
    (taking,) = (one.metadata for one in functions if one.name == "empty_batch")

    async def take() -> None:
        data, metadata = batch()
        for _ in range(EACH // BATCH):
            answer = await worker.invoke(taking, "events", data, metadata, retry=Retry(), id_="1")
            assert answer.result.exception is None, answer.result

    kinds: dict[str, Callable[[], Awaitable[None]]] = {
        "bare": lambda: bare.send("/x", EACH, QUANTITY),
        "empty": lambda: through.send("/api/empty/item/x/x", EACH, QUANTITY),
        "command": lambda: through.send(f"/api/item/{id_}/receive-stock", EACH, QUANTITY),
        "event with its time": take,
    }
    found = await rounds(kinds)
    leave_unread()
    found |= await rounds({"event": take})
    await through.close()
    await bare.close()
    await runner.cleanup()
    await host.stop()
    return found


async def rounds(kinds: Mapping[str, Callable[[], Awaitable[None]]]) -> dict[str, float]:
    """Measure kinds of calls in turns; the first round only warms them up."""
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS + 1):
        for name, kind in kinds.items():
            begun = time.process_time()
            await kind()
            spent[name].append((time.process_time() - begun) / EACH * 1e6)
    return {name: round(statistics.median(one[1:])) for name, one in spent.items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(Path(folder)))), flush=True)
    os._exit(0)
