"""The runbook of docs/operations/partitions.md: a running set moves to hubs with more partitions."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import aiohttp
import pytest

from infra.local.ports import Ports
from infra.local.shop.oracle import everything, wrong_rows
from infra.local.stack import ROOT
from shared.adapters.log_reader import open_log_reader
from shared.adapters.names import COMMANDS_HUB, EVENTS_HUB, FOLLOWERS, PROGRESS
from shared.adapters.settings import Settings
from shared.kernel.delivery.lag import progress_name
from shared.kernel.delivery.partition import partition_of
from tests.local.api import Api
from tests.local.running import Running, running
from tests.local.shopping import ends, nobody_is_parked, order, post, stock

pytestmark = pytest.mark.proof

APPS = json.loads((ROOT / "infra" / "apps.json").read_text(encoding="utf-8"))
DRAINING = {
    f"AzureWebJobs.{function}.Disabled": "true"
    for app in APPS.values()
    for function in app["admits"]
}
MOVED = {
    "EVENTS_HUB": "events-12",
    "EVENT_PARTITIONS": "12",
    "COMMANDS_HUB": "commands-12",
    "COMMAND_PARTITIONS": "12",
}
SKUS = [f"SKU{number}" for number in range(10)]
type Logged = dict[int, list[tuple[str, int]]]
"""What a hub holds: stream and version of each message, by partition."""


async def logged(stack: Running, **moved: str) -> Logged:
    """Read the whole hub `events`."""
    reader = open_log_reader(Settings.read({**stack.settings, **moved}))

    async def read(partition: int, first: int, last: int) -> list[tuple[str, int]]:
        found, after = [], first - 1
        while after < last:
            for message in await reader.read(partition, after, 300):
                event = json.loads(message.body)
                found.append((event["subject"], int(event["sequence"])))
                after = message.number
        return found

    try:
        extents = await reader.extents()
        read_all = await asyncio.gather(*(read(n, *extent) for n, extent in enumerate(extents)))
    finally:
        await reader.close()
    return dict(enumerate(read_all))


def by_stream(partitions: Iterable[list[tuple[str, int]]]) -> dict[str, list[int]]:
    """Give the versions of each stream in the order in which they first came."""
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for partition in partitions:
        for stream, version in partition:
            found[stream].setdefault(version)
    return {stream: list(versions) for stream, versions in found.items()}


async def a_morning(http: aiohttp.ClientSession, name: str) -> None:
    """Receive more of everything, some of it by the mailbox, and order it."""
    later = {"Prefer": "respond-async"}
    for number, sku in enumerate(SKUS):
        headers = later if number % 2 else {}
        await post(http, f"/api/item/{sku}/receive-stock", {"quantity": 5}, **headers)
    await asyncio.gather(
        *(order(http, f"{name}-{n}", {sku: 1, SKUS[n - 1]: 1}) for n, sku in enumerate(SKUS))
    )


async def settled(stack: Running) -> None:
    await asyncio.to_thread(Api(stack.url).settle)


async def test_a_set_moves_to_hubs_with_more_partitions_and_every_row_and_order_hold(
    tmp_path: Path,
) -> None:
    ports = Ports.free()
    async with running(tmp_path, ports) as stack, aiohttp.ClientSession(stack.url) as http:
        await asyncio.gather(*(stock(http, sku, 3) for sku in SKUS))
        await a_morning(http, "before")

    # 1. Nothing new is let in, and what was let in is finished.
    async with (
        running(tmp_path, ports, **DRAINING) as stack,
        aiohttp.ClientSession(stack.url) as http,
    ):
        async with http.post("/api/item/SKU0/receive-stock", json={"quantity": 1}) as refused:
            assert refused.status == 404
        await settled(stack)
        left = await logged(stack)

    # 2. Other hubs, still empty; 3. everybody is let in again.
    async with running(tmp_path, ports, **MOVED) as stack, aiohttp.ClientSession(stack.url) as http:
        await a_morning(http, "after")
        for number in range(len(SKUS)):
            await ends(http, f"after-{number}", "confirmed")
        await settled(stack)
        reached = await logged(stack, **MOVED)
        notes = {one["id"]: one for one in await everything(stack.cosmos, PROGRESS)}
        items = await everything(stack.cosmos, "events")
        assert wrong_rows(items, await everything(stack.cosmos, "views")) == []
        await nobody_is_parked(http)

    assert (len(left), len(reached)) == (4, 12)
    old, new = by_stream(left.values()), by_stream(reached.values())
    stored = {item["stream"]: 0 for item in items}
    for item in items:
        stored[item["stream"]] = max(stored[item["stream"]], item["version"])
    both = {stream: old.get(stream, []) + new.get(stream, []) for stream in stored}
    assert both == {stream: list(range(1, last + 1)) for stream, last in stored.items()}
    assert all(
        partition == partition_of(stream, 12)
        for partition, of in reached.items()
        for stream, _ in of
    )
    # The places in the hubs that were left are kept apart from those in the new ones.
    for partition, messages in reached.items():
        for consumer in FOLLOWERS:
            name = progress_name(consumer, partition, "events-12")
            assert not messages or notes[name]["position"] == str(len(messages) - 1)
    assert {progress_name(one, 0) for one in (*FOLLOWERS, "mailbox")} <= notes.keys()
    assert any(name.startswith(f"mailbox:{MOVED['COMMANDS_HUB']}:") for name in notes)
    assert {EVENTS_HUB, COMMANDS_HUB}.isdisjoint(MOVED.values())
