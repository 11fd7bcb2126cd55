"""Whoever decides on a parked stream beside others: it is released, or parked at its first poison."""

from dataclasses import replace

from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.memory import MemoryEventStore, MemoryParking
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.operator_decisions import park_first
from shared.kernel.delivery.parking import Parked
from shared.kernel.errors import InvalidMessage, UnreadableCommit
from shared.kernel.ports import Found, StoredParked
from tests.consumers.operating import WHY, asked, parked_by_a_bug, release, skip, told
from tests.consumers.test_parking import broken, versions
from tests.consumers.worlds import World, now


class Shared(MemoryParking):
    """A parking where others are at work too: operators release streams, and the log brings events."""

    released = False
    arrived = False

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        found = await super().find(consumer, stream)
        if found is not None and self.arrived:
            self.arrived = False
            await self.seen(consumer, stream, found.marker.last_seen + 1)
        return found

    async def unpark(self, parked: StoredParked) -> bool:
        unparked = await super().unpark(parked)
        return unparked and not self.released


async def shared() -> tuple[World, Shared]:
    world, parking = await parked_by_a_bug(), Shared()
    parking._markers = world.parking._markers
    world.parking = parking
    return world, parking


async def test_of_two_operators_who_release_at_once_both_are_told_that_it_is_done() -> None:
    world, parking = await shared()
    parking.released = True
    world.views = (stock,)

    response = await release(asked(), world)

    assert (response.status_code, told(response)["version"]) == (200, 6)
    assert parking.markers() == []


async def test_a_release_that_meets_another_poison_moves_the_marker_there() -> None:
    world, parking = await shared()
    world.views = (broken(5),)
    replay = world.projections.replay

    async def event_arrives(marker: Parked) -> int | Parked:
        reached = await replay(marker)
        parking.arrived = True
        return reached

    response = await answered(
        Operations("projections", parking, event_arrives, now).release(asked())
    )

    assert (response.status_code, told(response)["code"]) == (409, "still-poisonous")
    (marker,) = parking.markers()
    assert (marker.version, marker.last_seen) == (6, 7)
    assert "ZeroDivisionError" in marker.error
    assert (await versions(world))["bad"] == 5


async def test_a_stream_that_was_released_by_one_and_is_bad_for_another_is_parked_again() -> None:
    world, parking = await shared()
    replay = world.projections.replay

    async def released_meanwhile(marker: Parked) -> int | Parked:
        parking._markers.clear()
        return await replay(marker)

    await answered(Operations("projections", parking, released_meanwhile, now).release(asked()))

    assert [marker.version for marker in parking.markers()] == [4]


async def test_a_decision_about_another_event_than_the_one_it_is_parked_at_is_none() -> None:
    world = await parked_by_a_bug()
    world.views = (stock,)

    response = await skip(asked({**WHY, "from": 3}), world)

    assert (response.status_code, told(response)["code"]) == (409, "still-poisonous")
    assert "parked from version 4 on" in told(response)["detail"]
    assert await world.parking.decisions("projections", "item-bad") == []
    assert (await skip(asked({**WHY, "from": 4}), world)).status_code == 200


async def test_a_stream_that_nobody_can_read_any_more_stays_parked() -> None:
    class Unreadable(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise UnreadableCommit(InvalidMessage("an item that is none"), 4, 4, 0)

    world = await parked_by_a_bug()
    world.store = Unreadable()

    response = await release(asked(), world)

    assert response.status_code == 409
    assert "an item that is none" in told(response)["detail"]


async def test_a_poison_before_the_marker_is_parked_though_another_moves_it_meanwhile() -> None:
    _, parking = await shared()
    (late,) = parking.markers()
    parking.arrived = True

    await park_first(replace(late, version=late.version - 1, error="earlier"), parking)

    (marker,) = parking.markers()
    assert (marker.version, marker.error) == (late.version - 1, "earlier")
    assert marker.last_seen == late.last_seen + 1
