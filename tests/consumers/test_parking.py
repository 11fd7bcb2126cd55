"""One bad event holds back its own stream, for as long as it is bad."""

from dataclasses import replace

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain.shop import domain
from shared.domain.shop.views.stock import StockLevel, stock
from shared.kernel.delivery.parking import Action, Decision
from shared.kernel.errors import InvalidMessage, StoreThrottled, UnreadableCommit
from shared.kernel.messages.commit import Commit, RecordedEvent
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, StoredRow
from shared.kernel.views.view import RowKey, View
from tests.consumers.worlds import World, markers
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received

GOOD, BAD = StreamName("item", "good"), StreamName("item", "bad")
UNKNOWN = RecordedEvent(type="StockMelted", schema_number=1, data={"quantity": 1})


def broken(version: int) -> View[StockLevel]:
    """A view with a bug, which shows at one version of the bad stream."""

    def evolve(level: StockLevel, event: Event) -> StockLevel:
        if level.name == "bad" and level.received == version - 1:
            raise ZeroDivisionError("a bug in a view")
        return stock.evolve(level, event)

    return replace(stock, evolve=evolve)


async def written(*commits: Commit) -> tuple[MemoryEventStore, list[bytes]]:
    store = MemoryEventStore()
    for one in commits:
        await store.append([one])
    return store, [encode(e) for one in commits for e in envelopes(one)]


async def both(poison: int, length: int = 6) -> tuple[MemoryEventStore, list[bytes]]:
    """Two streams side by side; one has an event that nobody knows."""
    commits = [
        commit(
            version, UNKNOWN if (stream, version) == (BAD, poison) else received(1), stream=stream
        )
        for version in range(1, length + 1)
        for stream in (GOOD, BAD)
    ]
    return await written(*commits)


async def versions(world: World) -> dict[str, int]:
    found = {
        name: await world.rows.read(RowKey("stock", name, f"item-{name}"))
        for name in ("good", "bad")
    }
    return {name: stored.row.version if stored else 0 for name, stored in found.items()}


async def test_a_stream_is_parked_at_its_bad_event_and_the_others_go_on() -> None:
    store, bodies = await both(poison=4)
    world = World(MemoryRows(), store)

    await world.project(bodies)

    assert await versions(world) == {"good": 6, "bad": 3}
    (marker,) = await markers(world.parking, "projections")
    assert (marker.stream, marker.version, marker.last_seen) == ("item-bad", 4, 6)
    assert "StockMelted" in marker.error
    assert marker.envelope is not None
    assert marker.envelope["id"] == "item-bad@4"


async def test_later_events_only_move_what_was_seen_last() -> None:
    store, bodies = await both(poison=4)
    world = World(MemoryRows(), store)
    for start in range(0, len(bodies), 2):
        await world.project(bodies[start : start + 2])

    assert await versions(world) == {"good": 6, "bad": 3}
    (marker,) = await markers(world.parking, "projections")
    assert (marker.version, marker.last_seen) == (4, 6)


async def test_a_bug_in_a_view_parks_like_a_bad_event() -> None:
    store, bodies = await written(
        commit(
            1, RecordedEvent("ItemRegistered", 1, {"name": "bad", "reorderPoint": 1}), stream=BAD
        ),
        *(commit(version, received(1), stream=BAD) for version in range(2, 6)),
    )
    world = World(MemoryRows(), store)
    world.views = (broken(3),)

    await world.project(bodies)

    assert (await versions(world))["bad"] == 3
    (marker,) = await markers(world.parking, "projections")
    assert (marker.version, marker.last_seen) == (4, 5)
    assert "ZeroDivisionError" in marker.error


async def test_a_skipped_event_is_passed_over_and_only_that_one() -> None:
    store, bodies = await both(poison=4)
    world = World(MemoryRows(), store)
    await world.parking.decide(
        Decision("projections", "item-bad", 4, Action.SKIP, "typo", "ann", NOON)
    )

    await world.project(bodies)

    assert await versions(world) == {"good": 6, "bad": 6}
    assert await markers(world.parking, "projections") == []
    (row,) = await world.rows.of_key("stock", "bad")
    assert row.data["received"] == 5


class Throttled(MemoryRows):
    async def read(self, at: RowKey) -> StoredRow | None:
        if at.key == "bad":
            raise StoreThrottled("busy")
        return await super().read(at)


async def test_a_fault_that_may_pass_never_parks_and_the_batch_comes_again() -> None:
    store, bodies = await both(poison=99)
    world = World(Throttled(), store)

    with pytest.raises(ExceptionGroup) as told:
        await world.project(bodies)

    assert told.group_contains(StoreThrottled)
    assert await markers(world.parking, "projections") == []


async def test_a_gap_that_the_store_cannot_tell_parks_the_stream() -> None:
    class Unreadable(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise UnreadableCommit(InvalidMessage("an item that is none"), 1, 1, 0)

    _, bodies = await written(*(commit(version, stream=BAD) for version in range(1, 4)))
    world = World(MemoryRows(), Unreadable())

    await world.project(bodies[2:])

    (parked,) = await markers(world.parking, "projections")
    assert (parked.stream, parked.version) == ("item-bad", 1)
    assert "an item that is none" in parked.error


async def test_a_category_that_only_newer_code_knows_is_parked_until_that_code_releases_it() -> (
    None
):
    orders = StreamName("order", "9")
    data = {"customerId": "ann", "lines": [{"sku": "TEA", "quantity": 1}]}
    written = commit(1, RecordedEvent("OrderPlaced", 1, data), stream=orders)
    world = World(MemoryRows(), MemoryEventStore())
    await world.store.append([written])
    bodies = [encode(one) for one in envelopes(written)]
    world.views = (stock,)

    await world.project(bodies)

    (marker,) = await markers(world.parking, "projections")
    assert (marker.stream, marker.version) == ("order-9", 1)
    assert "no category 'order' is known: it waits for newer code" in marker.error
    assert await world.projections.replay(marker) == marker
    world.views = domain.views
    assert await world.projections.replay(marker) == 1
    assert [row.version for row in await world.rows.of_key("orders", "9")] == [1]


async def test_a_category_that_is_not_known_any_more_can_be_passed_over() -> None:
    gone = commit(1, RecordedEvent("ReturnOpened", 1, {}), stream=StreamName("return", "1"))
    world = World(MemoryRows(), MemoryEventStore())
    at = ("projections", "return-1", 1)
    await world.parking.decide(Decision(*at, Action.SKIP, "sold", "ann", NOON))

    await world.project([encode(one) for one in envelopes(gone)])

    assert await markers(world.parking, "projections") == []
