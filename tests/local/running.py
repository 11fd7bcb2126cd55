"""A stack for tests: started as `make run` starts it, on free ports, with its state in a folder of the test."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.stack import ROOT, SETTINGS, Ports, make_stack
from tests.conftest import FaultsClient

READY = re.compile(r"Onewrite serves on (\S+) after ([0-9.]+) s")


@dataclass
class Running:
    """A running stack, in a process group of its own."""

    process: asyncio.subprocess.Process
    ports: Ports
    state: Path
    seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.http}"

    @property
    def faults(self) -> FaultsClient:
        return FaultsClient(f"http://127.0.0.1:{self.ports.faults}")

    @property
    def settings(self) -> dict[str, str]:
        environment = make_stack(self.ports, self.state).environment
        return {name: environment[name] for name in ("COSMOS", "EVENTHUBS")}

    @property
    def cosmos(self) -> str:
        return self.settings["COSMOS"]

    @property
    def event_grid(self) -> str:
        return make_stack(self.ports, self.state).environment["EVENTGRID"]

    async def kill(self) -> None:
        """kill -9 of the whole group: supervisor, stand-ins and host at one blow."""
        os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        self.process.terminate()
        return await self.process.wait()


async def start(state: Path, ports: Ports, root: Path = ROOT, /, **settings: str) -> Running:
    """Start the stack of a project, and return when it says that it serves; settings go into the environment."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.run", "--state", str(state)),
        *("--http", str(ports.http), "--cosmos", str(ports.cosmos)),
        *("--event-hubs", str(ports.event_hubs), "--event-grid", str(ports.event_grid)),
        *("--faults", str(ports.faults)),
        cwd=root,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    async with asyncio.timeout(60):
        line = (await process.stdout.readline()).decode()
    ready = READY.search(line)
    assert ready, f"the stack did not start: {line!r}"
    return Running(process, ports, state, float(ready[2]))


@dataclass
class AnotherHost:
    """A second function host beside that of a stack: the same store, log, leases and checkpoints."""

    stack: Running
    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra.local.host", "--app", str(ROOT)),
            *("--settings", str(SETTINGS), "--port", str(self.port)),
            *("--state", str(self.stack.state)),
            cwd=ROOT,
            env=make_stack(self.stack.ports, self.stack.state).environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self.process.stdout
        async with asyncio.timeout(60):
            assert await self.process.stdout.readline(), "the second host did not start"

    async def kill(self) -> None:
        """kill -9."""
        assert self.process
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def another_host(stack: Running) -> AsyncIterator[AnotherHost]:
    """Give a second host, and end it afterwards."""
    host = AnotherHost(stack, Ports.free().http)
    try:
        await host.start()
        yield host
    finally:
        await host.kill()


@asynccontextmanager
async def running(
    state: Path, ports: Ports | None = None, root: Path = ROOT, /, **settings: str
) -> AsyncIterator[Running]:
    """Give a stack, and end it afterwards whatever happened."""
    stack = await start(state, ports or Ports.free(), root, **settings)
    try:
        yield stack
    finally:
        if stack.process.returncode is None:
            await stack.stop()
