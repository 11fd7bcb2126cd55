"""The runbook "Restore from backup": the store comes back as it was, and the log has gone on without it."""

import asyncio
import shutil
from pathlib import Path

import aiohttp
import pytest
from azure.cosmos.aio import CosmosClient

from infra.local.ports import Ports
from infra.local.shop.oracle import everything, wrong_rows
from infra.local.stack import make_stack
from shared.adapters.names import DATABASE, EVENTS
from tests.local.api import Api
from tests.local.running import running
from tests.local.shopping import ends, nobody_is_parked, order, post, stock
from tests.local.test_hub_move import by_stream, logged

pytestmark = pytest.mark.proof

STORE = "cosmos.sqlite"
OF_ANOTHER_FEED = ("leases", "progress", "views")
"""What the runbook deletes of the restored account: places and rows of the history that was lost."""
RESTORED = {"EVENTS_HUB": "events-r1", "COMMANDS_HUB": "commands-r1"}
SKUS = [f"SKU{number}" for number in range(8)]


async def forget_places(ports: Ports, state: Path) -> None:
    """Delete what belongs to the lost history, while no host runs; the emulators make the containers again."""
    services = make_stack(ports, state)
    await services.start_services()
    async with CosmosClient.from_connection_string(services.environment["COSMOS"]) as client:
        for name in OF_ANOTHER_FEED:
            await client.get_database_client(DATABASE).delete_container(name)
    await services.stop()


async def test_after_a_restore_every_row_is_of_the_restored_store_and_life_goes_on(
    tmp_path: Path,
) -> None:
    ports, state, backup = Ports.free(), tmp_path / "state", tmp_path / STORE
    async with running(state, ports) as stack, aiohttp.ClientSession(stack.url) as http:
        await asyncio.gather(*(stock(http, sku, 5) for sku in SKUS))
        await order(http, "kept", {"SKU0": 1})
        await ends(http, "kept", "confirmed")
        await asyncio.to_thread(Api(stack.url).settle)
    shutil.copy(state / STORE, backup)

    # What is committed after that second is published, and lost.
    async with running(state, ports) as stack, aiohttp.ClientSession(stack.url) as http:
        for sku in SKUS:
            await post(http, f"/api/item/{sku}/receive-stock", {"quantity": 100})
        await order(http, "lost", {"SKU1": 50})
        await ends(http, "lost", "confirmed")
        await asyncio.to_thread(Api(stack.url).settle)
        published = by_stream((await logged(stack)).values())

    for file in state.glob(f"{STORE}*"):
        file.unlink()
    shutil.copy(backup, state / STORE)
    await forget_places(ports, state)

    async with running(state, ports, **RESTORED) as stack, aiohttp.ClientSession(stack.url) as http:
        await asyncio.to_thread(Api(stack.url).settle)
        items = await everything(stack.cosmos, EVENTS)
        await everything_is_right(stack.cosmos)
        stored: dict[str, int] = {}
        for item in items:
            stored[item["stream"]] = max(item["version"], stored.get(item["stream"], 0))
        lost = {
            (stream, version)
            for stream, versions in published.items()
            for version in versions
            if version > stored.get(stream, 0)
        }
        assert {stream for stream, _ in lost} >= {"order-lost", *(f"item-{sku}" for sku in SKUS)}

        # Versions are given a second time, to other events, and every consumer follows.
        for sku in SKUS:
            await post(http, f"/api/item/{sku}/receive-stock", {"quantity": 1})
        await order(http, "new", {"SKU1": 2})
        await ends(http, "new", "confirmed")
        await asyncio.to_thread(Api(stack.url).settle)
        await everything_is_right(stack.cosmos)
        await nobody_is_parked(http)
        again = by_stream((await logged(stack, **RESTORED)).values())
    assert all(versions == list(range(1, len(versions) + 1)) for versions in again.values())
    assert set(again) >= set(stored)


async def everything_is_right(cosmos: str) -> None:
    assert wrong_rows(await everything(cosmos, EVENTS), await everything(cosmos, "views")) == []
