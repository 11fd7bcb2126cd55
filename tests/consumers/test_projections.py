"""Projections: every row sees every event of its stream once, whoever else writes and whatever is missing."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain.shop.item import item
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.parking import unreadable
from shared.kernel.errors import StoreRefused
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import decode, encode, envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.streams import streams_of
from shared.kernel.views.view import Row, RowKey, View
from tests.consumers.worlds import World, markers
from tests.kernel.asking import whole
from tests.kernel.worlds import commit, received

ITEMS = [StreamName("item", f"SKU{number}") for number in range(5)]
SHELVES = replace(stock, name="shelves")


def at(stream: StreamName) -> RowKey:
    return RowKey("stock", stream.id, str(stream))


class CountingRows(MemoryRows):
    """Rows that count, and in which another owner of the partition may be first."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.interfere: list[Row] = []

    async def write(self, row: Row, replacing: str | None) -> bool:
        self.writes += 1
        if self.interfere:
            rival = self.interfere.pop()
            found = await super().read(rival.at)
            assert await super().write(rival, found.tag if found else None)
        return await super().write(row, replacing)


async def history() -> tuple[MemoryEventStore, list[bytes]]:
    store = MemoryEventStore()
    written: list[Commit] = []
    for stream in ITEMS:
        for version in range(1, 21):
            written.append(commit(version, received(version), stream=stream))
            await store.append(written[-1:])
    return store, [encode(envelope) for one in written for envelope in envelopes(one)]


def sent(world: World) -> list[int]:
    return [decode(body).sequence for messages in world.log.messages for body in messages]


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


async def test_what_the_log_does_not_have_is_filled_from_the_store() -> None:
    store, bodies = await history()
    rows = MemoryRows()

    await World(rows, store).project(bodies[15:20])

    (row,) = await rows.of_key("stock", "SKU0")
    assert (row.version, row.data["available"]) == (20, 210)


async def test_a_row_that_the_store_cannot_complete_parks_its_stream() -> None:
    world = World(MemoryRows(), MemoryEventStore())

    await world.project((await history())[1][15:20])

    (marker,) = await markers(world.parking, "projections")
    assert (marker.stream, marker.version, marker.last_seen) == ("item-SKU0", 1, 20)
    assert "the store has no version 1" in marker.error


async def test_a_hole_in_the_store_is_named_by_the_first_version_that_is_missing() -> None:
    store, bodies = await history()
    holed = MemoryEventStore()
    for one in await whole(store, ITEMS[0]):
        if one.first not in {4, 5}:
            await holed.append([one])
    world = World(MemoryRows(), holed)

    await world.project(bodies[15:20])

    (marker,) = await markers(world.parking, "projections")
    assert (marker.stream, marker.version) == ("item-SKU0", 4)
    assert "the store has no version 4" in marker.error


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


async def test_a_gap_is_sent_to_the_log_again_for_the_others() -> None:
    store, bodies = await history()
    world = World(MemoryRows(), store)
    await world.project(bodies[:5])

    await world.project(bodies[10:12])

    assert sent(world) == [6, 7, 8, 9, 10]


async def test_a_hole_in_a_batch_is_sent_again_too() -> None:
    store, bodies = await history()
    world = World(MemoryRows(), store)
    await world.project(bodies[:5])

    await world.project([bodies[5], bodies[8], bodies[11]])

    assert sent(world) == [7, 8, 10, 11]


async def test_a_row_does_not_run_ahead_of_what_arrived() -> None:
    store, bodies = await history()
    world = World(MemoryRows(), store)
    await world.project(bodies[:5])

    await world.project(bodies[10:12])

    # Whatever the log lost behind it must still show as a gap.
    stored = await world.rows.read(at(ITEMS[0]))
    assert stored is not None
    assert stored.row.version == 12


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=400)])
async def test_the_beginning_of_a_stream_that_the_log_has_lost_is_sent_again_however_late(
    later: timedelta,
) -> None:
    store, bodies = await history()
    world = World(MemoryRows(), store)
    world.later = later

    await world.project(bodies[10:12])
    await world.project(bodies[12:14])

    assert sent(world) == list(range(1, 11))


@pytest.mark.parametrize("before", [stock, streams_of(item)], ids=["a view", "no view"])
async def test_a_new_view_of_old_streams_does_not_send_their_history_again(
    before: View[Any],
) -> None:
    store, bodies = await history()
    world = World(MemoryRows(), store)
    world.views = (before,)
    await world.project(bodies[:10])
    world.views = (SHELVES,) if before != stock else (stock, SHELVES)

    await world.project(bodies[12:14])

    # What no row has seen is lost, whichever view is new.
    assert sent(world) == [11, 12]
    (row,) = await world.rows.of_key("shelves", "SKU0")
    assert (row.version, row.data["available"]) == (14, 105)


async def test_a_view_that_cannot_place_an_event_does_not_say_what_the_log_has_brought() -> None:
    def broken(_stream: StreamName, _event: Event) -> str:
        raise KeyError

    store, bodies = await history()
    world = World(MemoryRows(), store)
    world.views = (SHELVES, replace(stock, key=broken))

    await world.project(bodies[10:12])

    assert sent(world) == list(range(1, 11))
