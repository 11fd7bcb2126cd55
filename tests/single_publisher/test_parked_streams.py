"""What can never be published is parked with what follows, until an operator decides."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic_core import to_json

from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import MemoryEventStore, MemoryLog
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import (
    InvalidMessage,
    Poison,
    UnreadableCommit,
)
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from tests.consumers.worlds import now
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, commit, received
from tests.single_publisher.publishing import World, batch, hundred_streams

MELTED = RecordedEvent("StockAdjusted", 1, {"quantity": 1, "reason": "x" * 1_100_000})


@pytest.mark.parametrize("poison", ["no commit", "too large"])
async def test_what_can_never_be_published_is_parked_with_what_follows(poison: str) -> None:
    world = World(MemoryLog(partitions=4))
    bad = StreamName("item", "SKU7")
    broken = to_item(
        commit(8, MELTED, stream=bad) if poison == "too large" else commit(8, stream=bad)
    )
    if poison == "no commit":
        broken["events"] = []
    later = [commit(9, stream=bad), commit(10, stream=bad)]
    items = [*map(to_item, [*hundred_streams(), *later[:1]]), broken]

    await world.publisher.publish(to_json(items).decode())
    await world.publisher.publish(batch(later[1:]))

    published = world.published()
    assert len(published) == 100
    assert {*map(tuple, published.values())} == {(1, 2, 3, 4, 5, 6)}
    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version, marker.last_seen) == ("item-SKU7", 8, 10)


async def test_a_parked_stream_is_published_from_the_store_once_it_is_released() -> None:
    world = World(MemoryLog(partitions=4))
    for version in range(1, 5):
        await world.store.append([commit(version)])
    await world.parking.park(Parked("single_publisher", "item-teapot", 2, 4, "was bad", NOON))

    tail = await world.publisher.replay(TEAPOT, 2)

    assert tail == 4
    assert world.published() == {"item-teapot": [2, 3, 4]}


async def test_a_release_that_runs_out_of_time_leaves_the_rest_to_the_next() -> None:
    world = World(MemoryLog(partitions=4))
    for version in range(1, 601):
        await world.store.append([commit(version)])
    parked = Parked("single_publisher", "item-teapot", 1, 600, "was bad", NOON)
    ticks = iter(now() + timedelta(seconds=6) * tick for tick in range(9))
    slow = replace(world.publisher, now=lambda: next(ticks))

    marker = await slow.release(parked)

    assert isinstance(marker, Parked)
    assert (marker.version, world.published()) == (501, {"item-teapot": [*range(1, 501)]})
    assert await slow.release(marker) == 600
    assert world.published() == {"item-teapot": [*range(1, 601)]}


async def test_a_skipped_event_is_left_unpublished() -> None:
    world = World(MemoryLog(partitions=4))
    await world.store.append([commit(1), commit(2, MELTED), commit(3)])
    with pytest.raises(Poison, match="item-teapot@2"):
        await world.publisher.replay(TEAPOT, 1)
    assert world.published() == {"item-teapot": [1]}
    skip = Decision("single_publisher", "item-teapot", 2, Action.SKIP, "too large", "ann", NOON)
    await world.parking.decide(skip)

    await world.publisher.replay(TEAPOT, 2)

    assert world.published() == {"item-teapot": [1, 3]}


async def test_an_item_that_says_nowhere_where_it_belongs_is_parked_too() -> None:
    world = World(MemoryLog(partitions=4))

    await world.publisher.publish('[{"id": 7}, {"id": 8}]')

    parked = await world.parking.parked("single_publisher")
    assert [marker.stream.startswith("unreadable~") for marker in parked] == [True, True]
    assert [marker.version for marker in parked] == [1, 1]


@pytest.mark.parametrize("event", [received(1), MELTED], ids=["whole", "too large"])
async def test_a_commit_of_no_stream_that_could_be_is_parked_by_its_content(
    event: RecordedEvent,
) -> None:
    world = World(MemoryLog(partitions=4))
    strange = {**to_item(commit(1, event)), "stream": "a/b"}

    await world.publisher.publish(to_json([strange, to_item(commit(1))]).decode())

    assert world.published() == {"item-teapot": [1]}
    (marker,) = await world.parking.parked("single_publisher")
    assert marker.stream.startswith("unreadable~")
    assert "a/b" in marker.error


async def test_an_item_whose_id_says_no_version_holds_up_its_whole_stream() -> None:
    world = World(MemoryLog(partitions=4))

    await world.publisher.publish('[{"id": "x", "stream": "item-teapot"}]')

    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version) == ("item-teapot", 1)


async def test_what_comes_before_the_place_of_a_parked_stream_is_published() -> None:
    world = World(MemoryLog(partitions=4))
    late = [commit(version, stream=TEAPOT) for version in (1, 2, 3, 4)]
    await world.publisher.park(Poison(str(TEAPOT), 3, ValueError("no")))

    await world.publisher.publish(batch(late[:2]))
    await world.publisher.publish(batch(late[2:]))

    assert world.published() == {str(TEAPOT): [1, 2]}
    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.version, marker.last_seen) == (3, 4)


async def test_a_stream_that_cannot_be_read_stays_parked() -> None:
    class Unreadable(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise UnreadableCommit(InvalidMessage("an item that is none"), 3, 3, 0)

    world = World(MemoryLog(partitions=4))
    world.store = Unreadable()

    with pytest.raises(Poison, match="an item that is none"):
        await world.publisher.replay(TEAPOT, 3)
