"""Projections: every row sees every event of its stream once, whoever else writes and whatever is missing."""

import asyncio
import random

import pytest

from shared.adapters.memory import MemoryRows
from shared.kernel.delivery.parking import unreadable
from shared.kernel.errors import StoreRefused
from shared.kernel.views.view import Row
from tests.consumers.histories import ITEMS, CountingRows, at, history
from tests.consumers.worlds import World, markers


async def test_a_batch_is_at_most_one_write_a_row() -> None:
    store, bodies = await history()
    rows = CountingRows()

    await World(rows, store).project(bodies)

    assert rows.writes == len(ITEMS)
    stored = await rows.read(at(ITEMS[0]))
    assert stored is not None
    assert (stored.row.version, stored.row.data["available"]) == (20, 210)


async def test_a_row_that_the_store_will_never_take_parks_its_stream_and_no_other() -> None:
    class Full(MemoryRows):
        async def write(self, row: Row, replacing: str | None) -> bool:
            if row.at.stream == "item-SKU1":
                raise StoreRefused("too large")
            return await super().write(row, replacing)

    store, bodies = await history()
    rows = Full()
    world = World(rows, store)

    await world.project(bodies)

    assert [marker.stream for marker in world.parking.markers()] == ["item-SKU1"]
    assert {row.at.stream for row in rows.all()} == {str(one) for one in ITEMS} - {"item-SKU1"}


async def test_what_comes_again_writes_nothing() -> None:
    store, bodies = await history()
    rows = CountingRows()
    await World(rows, store).project(bodies)

    await World(rows, store).project(bodies)
    await World(rows, store).project(bodies[3:40])

    assert rows.writes == len(ITEMS)


async def test_another_owner_of_the_partition_is_not_overwritten() -> None:
    store, bodies = await history()
    rows, ahead = CountingRows(), MemoryRows()
    await World(ahead, store).project(bodies[:20])
    found = await ahead.read(at(ITEMS[0]))
    assert found is not None
    rows.interfere = [found.row]

    await World(rows, store).project(bodies[:10])

    stored = await rows.read(at(ITEMS[0]))
    assert stored is not None
    assert stored.row == found.row


@pytest.mark.parametrize("known", [0, 3])
async def test_an_owner_that_lags_behind_does_not_keep_a_row_from_what_arrived(known: int) -> None:
    store, bodies = await history()
    rows, behind = CountingRows(), MemoryRows()
    await World(behind, store).project(bodies[:5])
    found = await behind.read(at(ITEMS[0]))
    assert found is not None
    await World(rows, store).project(bodies[:known])
    rows.interfere = [found.row]

    await World(rows, store).project(bodies[:10])

    stored = await rows.read(at(ITEMS[0]))
    assert stored is not None
    assert (stored.row.version, rows.interfere) == (10, [])


async def test_owners_that_compete_come_to_the_same_rows() -> None:
    store, bodies = await history()
    rows, alone = MemoryRows(), MemoryRows()
    await World(alone, store).project(bodies)
    chance = random.Random(7)

    await asyncio.gather(
        *(World(rows, store).project(chance.sample(bodies, 40)) for _ in range(10)),
        World(rows, store).project(bodies),
    )

    for stream in ITEMS:
        assert await rows.of_key("stock", stream.id) == await alone.of_key("stock", stream.id)


async def test_a_message_that_cannot_be_read_is_parked_and_the_rest_goes_on() -> None:
    store, bodies = await history()
    rows = CountingRows()
    world = World(rows, store)

    await world.project([*bodies[:50], b"{}", *bodies[50:], b"\xff"])

    assert rows.writes == len(ITEMS)
    parked = {m.stream: m.envelope for m in await markers(world.parking, "projections")}
    assert parked == {unreadable(b"{}"): {"body": "{}"}, unreadable(b"\xff"): {"base64": "/w=="}}
