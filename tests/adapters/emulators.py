"""Containers and settings for tests that use the emulators."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from infra.local import stack
from shared.adapters import names
from shared.adapters.cosmos.client import open_client
from shared.adapters.settings import Settings

NAMES: dict[str, Any] = json.loads(stack.NAMES.read_text(encoding="utf-8"))


def local_settings(services: Services, **changes: str) -> Settings:
    """Make the settings of an application that uses the emulators."""
    connections = {
        "COSMOS": services.cosmos,
        "EVENTHUBS": services.event_hubs,
        "EVENTGRID": services.event_grid,
    }
    # A busy machine is no store that does not answer.
    return Settings.read({"COSMOS_READ_TIMEOUT": str(limit()), **connections, **changes})


@asynccontextmanager
async def fresh_container(
    services: Services,
    like: str,
    unique_keys: Sequence[str] | None = None,
    sorts: Sequence[str] = (),
    **changes: str,
) -> AsyncIterator[ContainerProxy]:
    """Give an empty container of its own, made like one of the application's; `sorts` are further indexes."""
    described = NAMES["containers"][like]
    indexing = described.get("indexingPolicy")
    if sorts:
        further = [
            [{"path": f"/data/{one}"}, {"path": "/key"}, {"path": "/stream"}] for one in sorts
        ]
        indexing = {**indexing, "compositeIndexes": [*indexing["compositeIndexes"], *further]}
    keys = described.get("uniqueKeys", []) if unique_keys is None else unique_keys
    policy: Any = {"uniqueKeys": [{"paths": [path]} for path in keys]}
    client = await open_client(local_settings(services, **changes))
    try:
        database = await client.create_database_if_not_exists(names.DATABASE)
        yield await database.create_container(
            id=f"{like}-{uuid4()}",
            partition_key=PartitionKey(path=described["partitionKey"]),
            indexing_policy=indexing,
            unique_key_policy=policy,
        )
    finally:
        await client.close()
