"""The emulator inside the test's own event loop, on a file of its own, and a container that nobody else has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceExistsError

from emulators.cosmos import CosmosServer
from emulators.cosmos.authorization import KEY
from emulators.faults import Faults, Rule
from emulators.tests.cosmos.rest import Rest, make, rest
from emulators.tests.machine import limit


@dataclass(frozen=True)
class Account:
    """A running account: where it listens, and how it is told to fail."""

    server: CosmosServer
    port: int
    faults: Faults

    def fail(self, fault: str, operation: str, **when: Any) -> None:
        """Let requests fail; without a word on when, the first one."""
        rule = {"service": "cosmos", "fault": fault, "operation": operation, **when}
        self.faults.replace(1, [Rule.parse({"at": [1], **rule})])

    @asynccontextmanager
    async def container(self, **settings: Any) -> AsyncIterator[ContainerProxy]:
        """Open the container `c` of the database `d` with the bare SDK; `key`, `unique` and `indexing` make it."""
        key, unique = settings.pop("key", "/pk"), settings.pop("unique", "/u")
        indexing = settings.pop("indexing", None)
        keep: dict[str, Any] = {"retry_total": 0, "read_timeout": limit(), **settings}
        async with CosmosClient(f"http://127.0.0.1:{self.port}", KEY, **keep) as client:
            database = await client.create_database_if_not_exists("d")
            policy: Any = {"uniqueKeys": [{"paths": [unique]}]}
            try:
                yield await database.create_container(
                    id="c",
                    partition_key=PartitionKey(path=key),
                    unique_key_policy=policy,
                    indexing_policy=indexing,
                )
            except CosmosResourceExistsError:
                yield database.get_container_client("c")


@asynccontextmanager
async def account(state: Path, **settings: Any) -> AsyncIterator[Account]:
    """Serve an account whose items are in a folder."""
    faults = Faults()
    server = CosmosServer(state, faults, **settings)
    runner, port = await server.serve(0)
    yield Account(server, port, faults)
    await runner.cleanup()
    server.close()


@pytest.fixture
async def cosmos(tmp_path: Path) -> AsyncIterator[Account]:
    async with account(tmp_path) as running:
        yield running


@pytest.fixture
async def container(cosmos: Account) -> AsyncIterator[ContainerProxy]:
    async with cosmos.container() as made:
        yield made


@pytest.fixture
async def client(cosmos: Account) -> AsyncIterator[Rest]:
    """Speaks to an account that has a container `c` in a database `d`."""
    async with rest(cosmos.port) as made:
        await made.ask("POST", "/dbs", {"id": "d"})
        await make(made)
        yield made
