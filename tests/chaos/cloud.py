"""A cloud for chaos: the emulators in one process, and two function hosts that share it, each to be killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from emulators.tests.logs import keep
from emulators.tests.machine import calibrate, limit
from emulators.tests.serving import FaultsClient
from emulators.tests.waiting import in_time
from infra.local.ports import Ports, free_port
from infra.local.stack import NAMES, SETTINGS, make_stack
from tests.reference import ROOT

PACE = 20.0 / calibrate()
"""Leases expire after 3 s, and the retry policy waits from 50 ms to 3 s; longer on a slow machine."""
SECRET = "local-webhook-secret"
BUSY = limit(240.0)
"""So many seconds are left to a busy machine; a quiet one needs few of them."""
SENT_WITHIN, READ_WITHIN = limit(2.0), limit(1.0)
"""Seconds that an answer of the log and of the store may take; the delays of a storm take longer."""
SKEW = "CHAOS_SKEW"
"""Says by how much the clock of an app that lacks a device is ahead."""
NEVER, EVERY_SECOND = "0 0 0 1 1 *", "* * * * * *"


@dataclass
class Host:
    """One function host, which can die and come back."""

    port: int
    app: Path
    state: Path
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        said = keep("host", self.state / f"host-{self.port}.log")
        with said.open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "emulators.host", "--app", str(self.app)),
                *("--settings", str(SETTINGS), "--port", str(self.port)),
                *("--state", str(self.state), "--pace", str(PACE)),
                cwd=ROOT,
                env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout
        async with in_time():
            assert await self.process.stdout.readline(), said.read_text()

    async def stop(self) -> int:
        """Ask it to end, as the platform does, and wait until it has; gives the id that its process had."""
        assert self.process
        self.process.terminate()
        await self.process.wait()
        return self.process.pid

    async def kill(self) -> None:
        """kill -9."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@dataclass
class Cloud:
    """What the hosts share."""

    ports: Ports
    cosmos: str
    event_hubs: str
    event_grid: str
    hosts: list[Host] = field(default_factory=list)

    @property
    def faults(self) -> FaultsClient:
        return FaultsClient(f"http://127.0.0.1:{self.ports.faults}")

    async def restart(self, **settings: str) -> None:
        """Start all hosts anew, with other settings."""
        await asyncio.gather(*(host.kill() for host in self.hosts))
        for host in self.hosts:
            host.environment.update(settings)
        await asyncio.gather(*(host.start() for host in self.hosts))

    async def waits(self, *stages: str) -> bool:
        """Tell whether events wait for some stage (or one of these); they may, as long as nobody can tell."""
        url = f"{self.hosts[0].url}/api/operations/lag"
        async with aiohttp.ClientSession() as http, http.get(url) as response:
            if response.status != 200:
                return True
            found = (await response.json())["stages"]
        return any(one["events"] for one in found if not stages or one["stage"] in stages)


@asynccontextmanager
async def cloud(
    state: Path, app: Path = ROOT, hosts: int = 2, skew: float = 0.0, **more: str
) -> AsyncIterator[Cloud]:
    """Give a running cloud, and end it afterwards whatever happened; the last host's clock is `skew` s ahead.

    There may be `more` settings.
    """
    ports, others = Ports.free(), [free_port() for _ in range(hosts - 1)]
    environment = make_stack(ports, state).environment
    said = keep("emulators", state.with_name(f"{state.name}.log"))
    with said.open("a") as log:
        services = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "emulators", "--state", str(state)),
            *("--names", str(NAMES), "--cosmos", str(ports.cosmos)),
            *("--event-hubs", str(ports.event_hubs), "--event-grid", str(ports.event_grid)),
            *("--faults", str(ports.faults)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    made = Cloud(ports, environment["COSMOS"], environment["EVENTHUBS"], environment["EVENTGRID"])
    try:
        assert services.stdout
        async with in_time():
            assert await services.stdout.readline(), said.read_text()
        settings = {
            "COSMOS": made.cosmos,
            "EVENTHUBS": made.event_hubs,
            "EVENTGRID": made.event_grid,
            "WEBHOOK_SECRETS": f"partner={SECRET}",
            "SWEEP_SCHEDULE": NEVER,
            "SWEEP_AGE": "0.5",
            "PUBLISH_TIMEOUT": str(SENT_WITHIN),
            "PUBLISH_BUDGET": "0.5",
            "COSMOS_READ_TIMEOUT": str(READ_WITHIN),
            **more,
        }
        made.hosts = [Host(port, app, state, dict(settings)) for port in (ports.http, *others)]
        made.hosts[-1].environment[SKEW] = str(skew)
        await asyncio.gather(*(host.start() for host in made.hosts))
        yield made
    finally:
        await asyncio.gather(*(host.kill() for host in made.hosts))
        services.kill()
        await services.wait()
