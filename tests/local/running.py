"""A stack for tests: started as `make run` starts it, on free ports, with its state in a folder of the test."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from azure.cosmos.aio import CosmosClient

from emulators.tests.logs import keep
from emulators.tests.machine import calibrate, limit
from emulators.tests.serving import FaultsClient
from infra.local.ports import Ports, free_port
from infra.local.stack import SETTINGS, make_stack
from tests.reference import ROOT

READY = re.compile(r"Onewrite serves on (\S+) after ([0-9.]+) s")
PARTNERS = {
    "WEBHOOK_SECRETS": "partner=the-old-secret, partner=the-new-secret",
    "WEBHOOK_SUBSCRIPTIONS": "partners",
}
"""Who may deliver events to the shared stack."""
PACE = 20.0 / calibrate()
"""Leases of a host that was killed expire after 3 s, those of partitions after 6 s; later on a slow machine."""
HOST_READY = re.compile(r'"ready": true')


@dataclass
class Running:
    """A running stack, in a process group of its own; what it prints goes to `log`."""

    process: subprocess.Popen[bytes]
    ports: Ports
    state: Path
    log: Path
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
        return {
            name: environment[name]
            for name in ("COSMOS", "EVENTHUBS", "ARCHIVE_FOLDER", "ARCHIVE_NAMESPACE")
        }

    @property
    def cosmos(self) -> str:
        return self.settings["COSMOS"]

    @property
    def event_grid(self) -> str:
        return make_stack(self.ports, self.state).environment["EVENTGRID"]

    async def forget_parked(self) -> None:
        """Deletes what a failed test has left parked: the next one must not fail for it."""
        async with CosmosClient.from_connection_string(self.cosmos) as client:
            parked = client.get_database_client("onewrite").get_container_client("parked")
            async for one in parked.query_items("SELECT c.id, c.consumer FROM c"):
                await parked.delete_item(one["id"], partition_key=one["consumer"])

    async def kill(self) -> None:
        """Sends kill -9 to the whole group: supervisor, emulators and host at one blow."""
        os.killpg(self.process.pid, signal.SIGKILL)
        await asyncio.to_thread(self._ended)

    async def stop(self) -> int:
        return await asyncio.to_thread(self.end)

    def end(self) -> int:
        """Stops it as Ctrl-C does, and returns its exit status."""
        self.process.terminate()
        return self._ended()

    def _ended(self) -> int:
        with self.process:
            # Nobody writes to its pipe any more.
            return self.process.wait()


def start(
    state: Path,
    ports: Ports | None = None,
    root: Path = ROOT,
    options: Sequence[str] = (),
    /,
    **settings: str,
) -> Running:
    """Starts the stack of a project, and returns it when it says that it serves.

    Settings go into its environment; raises AssertionError with its last lines when it does not start.
    """
    ports = ports or Ports.free()
    log = keep("stack", state.with_name(f"{state.name}.log"))
    process = _spawn(
        log,
        *("infra.local.run", "--state", str(state)),
        *("--http", str(ports.http), "--cosmos", str(ports.cosmos)),
        *("--event-hubs", str(ports.event_hubs), "--event-grid", str(ports.event_grid)),
        *("--faults", str(ports.faults), "--pace", str(PACE)),
        *options,
        cwd=root,
        environment={**os.environ, **settings},
    )
    keep("stack", log, ended=lambda: process.poll() is not None)
    return Running(process, ports, state, log, float(_ready(process, log, READY)[2]))


@asynccontextmanager
async def running(
    state: Path,
    ports: Ports | None = None,
    root: Path = ROOT,
    options: Sequence[str] = (),
    /,
    **settings: str,
) -> AsyncIterator[Running]:
    """Gives a stack, and ends it afterwards whatever happened."""
    stack = await asyncio.to_thread(start, state, ports, root, options, **settings)
    try:
        yield stack
    finally:
        if stack.process.poll() is None:
            await stack.stop()


@dataclass
class AnotherHost:
    """A second function host beside that of a stack: the same store, log, leases and checkpoints.

    It runs another package where there is one, with settings of its own.
    """

    stack: Running
    port: int
    app: Path = ROOT
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        log = keep("another host", self.stack.state / f"host-{self.port}.log")
        self.process = _spawn(
            log,
            *("emulators.host", "--app", str(self.app), "--settings", str(SETTINGS)),
            *("--port", str(self.port), "--state", str(self.stack.state), "--pace", str(PACE)),
            cwd=self.app,
            environment=make_stack(self.stack.ports, self.stack.state, **self.settings).environment,
        )
        await asyncio.to_thread(_ready, self.process, log, HOST_READY)

    async def kill(self) -> None:
        """Sends kill -9."""
        assert self.process
        with self.process:
            self.process.kill()


@asynccontextmanager
async def another_host(
    stack: Running, app: Path = ROOT, /, **settings: str
) -> AsyncIterator[AnotherHost]:
    """Gives a second host, and ends it afterwards."""
    host = AnotherHost(stack, free_port(), app, settings)
    await host.start()
    try:
        yield host
    finally:
        await host.kill()


def _spawn(
    log: Path,
    *arguments: str,
    cwd: Path,
    environment: dict[str, str],
) -> subprocess.Popen[bytes]:
    log.write_bytes(b"")
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=cwd,
            env=environment,
            # What this starts ends with this process, even if that is killed.
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _ready(process: subprocess.Popen[bytes], log: Path, sentence: re.Pattern[str]) -> re.Match[str]:
    """Waits until a process says that it is ready; kills its group when it does not."""
    ends = time.monotonic() + limit()
    try:
        while not (found := sentence.search(said := log.read_text(errors="replace"))):
            assert process.poll() is None, f"it did not start:\n{said}"
            assert time.monotonic() < ends, f"it is not ready after {limit():.0f} s:\n{said}"
            time.sleep(0.02)
    except BaseException:
        # Whoever starts it has nothing yet with which to end it.
        with process, contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    return found
