"""What the log has not brought is read from the store, and sent to the log again for the others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain.shop.item import item
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.parking import Action, Decision
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.streams_view import streams_of
from shared.kernel.views.view import View
from tests.consumers.histories import ITEMS, at, history, sent
from tests.consumers.worlds import World, markers
from tests.kernel.asking import NOON, whole
from tests.kernel.worlds import commit, received

SHELVES = replace(stock, name="shelves")


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


@pytest.mark.parametrize("size", [10, 1_100_000], ids=["small", "more than the log takes"])
@pytest.mark.parametrize("arrived", [2, 3])
async def test_what_an_operator_left_unpublished_is_shown_and_not_sent(
    size: int, arrived: int
) -> None:
    name = RecordedEvent("ItemRegistered", 1, {"name": "x" * size, "reorderPoint": 1})
    store, stream = MemoryEventStore(), ITEMS[0]
    for one in (name, received(1), received(1)):
        await store.append([commit(len(store.written) + 1, one, stream=stream)])
    world = World(MemoryRows(), store)
    left = Decision("single_publisher", str(stream), 1, Action.SKIP, "too large", "ann", NOON)
    await world.parking.decide(left)

    await world.project([encode(one) for one in envelopes(store.written[arrived - 1])])

    assert (sent(world), world.parking.markers()) == (list(range(2, arrived)), [])
    stored = await world.rows.read(at(stream))
    assert stored is not None
    assert stored.row.version == arrived
