"""The stand-ins and a whole stack, once a worker for all tests that need them; what is shown of a run."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from hypothesis import HealthCheck, settings

from infra.local.ports import Ports
from infra.local.stack import NAMES, ROOT, make_stack
from tests import figures, machine
from tests.local import logs
from tests.local.names import Names

if TYPE_CHECKING:
    from tests.local.running import Running

# A busy machine is no reason to fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

HANGS_AFTER = 600.0
PROOF = {"bench", "chaos", "permutations", "simulation", "swap"}
# Set before pytest-timeout reads it, and inherited by the workers.
os.environ.setdefault("PYTEST_TIMEOUT", str(machine.limit(HANGS_AFTER)))


@dataclass(frozen=True)
class Services:
    """Where the stand-ins listen: three connection strings and the base URL of the control API."""

    cosmos: str
    event_hubs: str
    event_grid: str
    faults: str


@dataclass(frozen=True)
class FaultsClient:
    """Asks the stand-ins to fail."""

    url: str

    async def set(self, seed: int, *rules: dict[str, Any]) -> None:
        """Put rules in force; without any, nothing fails any more."""
        async with (
            aiohttp.ClientSession() as http,
            http.put(f"{self.url}/faults", json={"seed": seed, "rules": rules}) as response,
        ):
            assert response.status == 200, await response.text()

    async def fired(self) -> dict[str, int]:
        """Count what struck, by `service/fault`."""
        fired: dict[str, int] = (await self._get("/faults"))["fired"]
        return fired

    async def requests(self) -> dict[str, int]:
        """Count the requests to Cosmos DB so far, by `operation container`."""
        return await self._asked("cosmos")

    async def sends(self, hub: str) -> int:
        """Count the batches that a hub was sent so far."""
        return (await self._asked("event-hubs")).get(f"send {hub}", 0)

    async def publishings(self, topic: str) -> int:
        """Count the requests to publish that a topic got so far."""
        return (await self._asked("event-grid")).get(f"publish {topic}", 0)

    async def _asked(self, service: str) -> dict[str, int]:
        asked = await self._get("/requests")
        return {
            name.removeprefix(f"{service} "): count
            for name, count in asked.items()
            if name.startswith(f"{service} ")
        }

    async def lag(self, seconds: float) -> None:
        """Let the replicas of Cosmos DB lag behind."""
        async with (
            aiohttp.ClientSession() as http,
            http.put(f"{self.url}/cosmos/replica-lag", json={"seconds": seconds}) as response,
        ):
            assert response.status == 200, await response.text()

    async def _get(self, path: str) -> dict[str, Any]:
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}{path}") as response:
            found: dict[str, Any] = await response.json()
            return found


@contextmanager
def stand_ins(state: Path, *options: str) -> Iterator[Services]:
    """Start the stand-ins on free ports, and end them afterwards."""
    command = [sys.executable, "-m", "infra.local.services", "--state", str(state)]
    command += ["--names", str(NAMES), "--cosmos", "0", "--event-hubs", "0"]
    command += ["--event-grid", "0", "--faults", "0", *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the stand-ins did not start: their error is above"
        said = json.loads(line)
        ports = Ports(
            cosmos=said["cosmos"],
            event_hubs=said["eventHubs"],
            event_grid=said["eventGrid"],
            faults=said["faults"],
        )
        environment = make_stack(ports, state).environment
        yield Services(
            cosmos=environment["COSMOS"],
            event_hubs=environment["EVENTHUBS"],
            event_grid=environment["EVENTGRID"],
            faults=f"http://127.0.0.1:{ports.faults}",
        )
        process.terminate()


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with stand_ins(tmp_path_factory.mktemp("services")) as started:
        yield started


@pytest.fixture
async def faults(services: Services) -> AsyncIterator[FaultsClient]:
    client = FaultsClient(services.faults)
    yield client
    await client.set(0)
    await client.lag(0)


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Running"]:
    """Gives the stack that a worker's tests share; they take `stack`."""
    from tests.local.running import PARTNERS, start

    started = start(tmp_path_factory.mktemp("shared") / "stack", **PARTNERS)
    yield started
    started.end()


@pytest.fixture
async def stack(shared_stack: "Running") -> AsyncIterator["Running"]:
    """Gives the shared stack, without faults: a test gives its streams ids of its `own`."""
    logs.keep("stack", shared_stack.log)
    await shared_stack.faults.set(0)
    yield shared_stack
    await shared_stack.faults.set(0)


@pytest.fixture
def own() -> Names:
    """Gives ids that no other test has."""
    return Names()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Makes the longest folders, and what is measured or sampled, the proof's."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in PROOF or {"alone", "long"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker("proof")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - the hook's
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the last lines of a test's processes when it fails, and forgets them when it has ended."""
    report = yield
    if report.failed:
        report.sections += logs.last_lines()
    if report.when == "teardown":
        logs.forget()
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.section("machine")
    terminalreporter.line(f"{machine.calibrate():.2f} times as slow as a quiet one")
    figures.show(config, terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    figures.hand_over(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    figures.take_over(node.config, getattr(node, "workeroutput", {}))
