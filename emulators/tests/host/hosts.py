"""Hosts of the small app in `app`, as processes on the emulators of the test session."""

import asyncio
import json
import os
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubProducerClient

from emulators.tests.logs import keep
from emulators.tests.serving import ROOT, Services
from emulators.tests.waiting import in_time, until_true

APP = Path(__file__).parent / "app"


@dataclass
class World:
    """What a host works on: a container to watch, the hub, and the journal that the app writes."""

    folder: Path
    services: Services
    watched: ContainerProxy
    leases: ContainerProxy
    environment: dict[str, str]
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    stdin: int = asyncio.subprocess.PIPE
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def journal(self) -> list[dict[str, Any]]:
        """What the app has written down so far."""
        file = self.folder / "journal"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def of(self, function: str) -> list[dict[str, Any]]:
        """What one function has written down."""
        return [entry for entry in self.journal if entry["function"] == function]

    def attempts(self, function: str) -> list[tuple[int, list[str]]]:
        """The calls of a function: which attempt each was, and the ids that it was given."""
        return [
            (entry["attempt"], [one["id"] for one in entry["data"]])
            for entry in self.journal
            if entry["function"] == function and "attempt" in entry
        ]

    def done(self, function: str) -> list[str]:
        """The ids that a function was done with."""
        ended = [one for one in self.journal if one["function"] == function and "done" in one]
        return [id_ for one in ended for id_ in one["done"]]

    async def write(self, id_: str, **more: Any) -> None:
        """Write an item that the change feed will bring; all are in one range."""
        await self.watched.create_item({"id": id_, "stream": "s", "commandId": id_, **more})

    async def send(self, *ids: str, partitions: str = "0", **more: Any) -> None:
        """Send events, as many to each of some partitions, as one batch each."""
        each = len(ids) // len(partitions)
        async with EventHubProducerClient.from_connection_string(
            self.services.event_hubs, eventhub_name="events"
        ) as producer:
            for partition, some in zip(partitions, batched(ids, each, strict=True), strict=True):
                await producer.send_batch(
                    [EventData(json.dumps({"id": id_, **more})) for id_ in some],
                    partition_id=partition,
                )

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something has happened."""
        await until_true(true, pause=0.02)

    async def owners(self, prefix: str) -> list[str | None]:
        """Who owns the leases of a function, in the order of the ranges."""
        found = [dict(lease) async for lease in self.leases.query_items("SELECT * FROM c")]
        leases = [one for one in found if "LeaseToken" in one]
        own = [lease for lease in leases if lease["id"].startswith(f"{prefix}127.")]
        return [lease["Owner"] for lease in sorted(own, key=lambda lease: lease["LeaseToken"])]

    async def start(
        self, app: Path = APP, name: str = "host", pace: float = 1, options: Sequence[str] = ()
    ) -> int:
        """Start a host; gives its HTTP port once it says that it is ready (`said`)."""
        log = await self.begin(app, name, pace, options)
        output = self.processes[-1].stdout
        assert output
        async with in_time():
            self.said = json.loads(await output.readline() or "{}")
        assert self.said, log.read_text()
        port: int = self.said["port"]
        return port

    async def begin(
        self, app: Path = APP, name: str = "host", pace: float = 1, options: Sequence[str] = ()
    ) -> Path:
        """Start a host; gives the file of what it complains of."""
        log = keep(f"host {name}", self.folder / f"{name}.log")
        with log.open("a") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "emulators.host", "--app", str(app), "--port", "0"),
                *("--state", str(self.folder), "--pace", str(pace)),
                *options,
                cwd=ROOT,
                env=self.environment,
                stdin=self.stdin,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
            )
        self.processes.append(process)
        return log

    async def kill(self) -> None:
        """kill -9 of the last host."""
        self.processes[-1].kill()
        await self.processes[-1].wait()

    async def terminate(self) -> None:
        """Ask the last host to end, and wait until it has."""
        self.processes[-1].terminate()
        assert await self.processes[-1].wait() == 0


@asynccontextmanager
async def world(services: Services, folder: Path) -> AsyncIterator[World]:
    """Give containers of their own to a host, and end it afterwards."""
    name = str(uuid.uuid4())
    async with CosmosClient.from_connection_string(services.cosmos) as client:
        database = await client.create_database_if_not_exists("host-tests")
        watched = await database.create_container(f"watched-{name}", PartitionKey("/stream"))
        leases = await database.create_container(f"leases-{name}", PartitionKey("/id"))
        environment = {
            **os.environ,
            "COSMOS": services.cosmos,
            "EVENTHUBS": services.event_hubs,
            "DATABASE": "host-tests",
            "WATCHED": f"watched-{name}",
            "LEASES": f"leases-{name}",
            "JOURNAL": str(folder / "journal"),
            "HUB": "events",
            "GROUP": "$Default",
        }
        made = World(folder, services, watched, leases, environment)
        try:
            yield made
        finally:
            for process in made.processes:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


def copied(target: Path) -> Path:
    """Copy the app, without the byte code that hosts write meanwhile."""
    return Path(shutil.copytree(APP, target, ignore=shutil.ignore_patterns("__pycache__")))


def app_with(folder: Path, **extensions: Any) -> Path:
    """Copy the app, with other extension settings in its host.json."""
    copy = copied(folder / "app")
    host = json.loads((copy / "host.json").read_text(encoding="utf-8"))
    host["extensions"].update(extensions)
    (copy / "host.json").write_text(json.dumps(host), encoding="utf-8")
    return copy
