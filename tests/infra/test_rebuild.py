"""The runbook of a rebuild, followed on a whole local stack: rows that were spoilt are right again."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.cosmos import CosmosClient

from emulators.tests.waiting import until
from tests.infra.clouds import DESCRIBED
from tests.local.running import running

ITEMS = 12


def spoil(cosmos: str) -> int:
    """Write nonsense into every row of the store, and count them."""
    with CosmosClient.from_connection_string(cosmos) as client:
        views = client.get_database_client(DESCRIBED["database"]).get_container_client("views")
        stored = views.query_items("SELECT * FROM c", enable_cross_partition_query=True)
        rows = [row for row in stored if "available" in row["data"]]
        for row in rows:
            row["data"]["available"] += 1_000
            views.replace_item(row["id"], row)
        return len(rows)


async def test_a_view_that_is_rebuilt_is_what_the_store_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEP_AGE", "1")
    monkeypatch.setenv("SWEEP_SCHEDULE", "* * * * * *")
    async with running(tmp_path) as stack, aiohttp.ClientSession() as http:
        operation = f"{stack.url}/api/operations/views/stock/rebuild"

        async def shown() -> dict[str, tuple[int, int]]:
            async with http.get(f"{stack.url}/api/views/stock") as response:
                rows = (await response.json())["rows"]
            return {row["key"]: (row["version"], row["data"]["available"]) for row in rows}

        async def told() -> dict[str, Any]:
            async with http.get(operation) as response:
                answer: dict[str, Any] = await response.json()
            return answer

        right = {f"SKU{number}": (2, number + 1) for number in range(ITEMS)}
        for number in range(ITEMS):
            item = f"{stack.url}/api/item/SKU{number}"
            for command, body in (
                ("register-item", {"name": f"Teapot {number}", "reorderPoint": 1}),
                ("receive-stock", {"quantity": number + 1}),
            ):
                async with http.post(f"{item}/{command}", json=body) as response:
                    assert response.status == 200
        await until(shown, right.__eq__)

        async def told_beside_right_rows() -> dict[str, Any]:
            assert await shown() == right
            return await told()

        async def rebuilt(source: str, phases: set[str]) -> dict[str, Any]:
            """Spoil the rows, and rebuild them."""
            assert await asyncio.to_thread(spoil, stack.cosmos) == ITEMS
            assert await shown() != right
            async with http.post(operation, json={"from": source}) as response:
                assert (response.status, (await response.json())["phase"]) == (200, "filling")
            await until(shown, right.__eq__)
            return await until(told_beside_right_rows, lambda one: one["phase"] in phases)

        answer = await rebuilt("store", {"done"})
        assert sum(one["streams"] for one in answer["ranges"]) == ITEMS
        answer = await rebuilt("log", {"serving", "emptying", "done"})
        assert sum(one["events"] for one in answer["partitions"]) >= 2 * ITEMS
