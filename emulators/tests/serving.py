"""The emulators as a process of their own, and what a test asks of them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Services:
    """Where the emulators listen: three connection strings and the base URL of the control API."""

    cosmos: str
    event_hubs: str
    event_grid: str
    faults: str


@dataclass(frozen=True)
class FaultsClient:
    """Asks the emulators to fail."""

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

    async def receipts(self, hub: str) -> int:
        """Count how often a hub had something to give to a reader so far."""
        return (await self._asked("event-hubs")).get(f"receive {hub}", 0)

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
def emulators(state: Path, *options: str) -> Iterator[Services]:
    """Start the emulators on free ports, and end them afterwards."""
    command = [sys.executable, "-m", "emulators", "--state", str(state), *options]
    command += ["--cosmos", "0", "--event-hubs", "0", "--event-grid", "0", "--faults", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the emulators did not start: their error is above"
        said = json.loads(line)
        topics = said["connections"]["topics"]
        yield Services(
            cosmos=said["connections"]["cosmos"],
            event_hubs=said["connections"]["eventHubs"],
            event_grid=next(iter(topics.values()), ""),
            faults=f"http://127.0.0.1:{said['faults']}",
        )
        process.terminate()
