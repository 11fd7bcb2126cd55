"""The runbook of a rebuild, followed as far as it can be here: the sweep brings back what was thrown away."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.cosmos import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceNotFoundError

from tests.infra.clouds import DESCRIBED
from tests.local.running import running

ITEMS = 12


def everything(container: ContainerProxy) -> Iterator[dict[str, Any]]:
    yield from container.query_items("SELECT * FROM c", enable_cross_partition_query=True)


def empty(container: ContainerProxy, key: str) -> int:
    """Delete what is there; what is written meanwhile stays."""
    found = list(everything(container))
    for item in found:
        with suppress(CosmosResourceNotFoundError):
            container.delete_item(item["id"], item[key])
    return len(found)


def rows(views: ContainerProxy) -> dict[str, tuple[int, Any]]:
    return {row["id"]: (row["version"], row["data"]) for row in everything(views)}


async def test_views_that_are_thrown_away_come_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEP_AGE", "1")
    monkeypatch.setenv("SWEEP_SCHEDULE", "* * * * * *")
    async with running(tmp_path) as stack, aiohttp.ClientSession() as http:
        for number in range(ITEMS):
            item = f"{stack.url}/api/item/SKU{number}"
            for command, body in (
                ("register-item", {"name": f"Teapot {number}", "reorderPoint": 1}),
                ("receive-stock", {"quantity": number + 1}),
            ):
                async with http.post(f"{item}/{command}", json=body) as response:
                    assert response.status == 200
        with CosmosClient.from_connection_string(stack.cosmos) as client:
            database = client.get_database_client(DESCRIBED["database"])
            views = database.get_container_client("views")
            progress = database.get_container_client("progress")

            async with asyncio.timeout(60):
                while len(before := await asyncio.to_thread(rows, views)) < ITEMS or any(
                    version < 2 for version, _ in before.values()
                ):
                    pass
                assert await asyncio.to_thread(empty, views, "partition") == ITEMS
                while await asyncio.to_thread(rows, views) != before:
                    # A sweep that was under way keeps its old place once more.
                    await asyncio.to_thread(empty, progress, "id")
