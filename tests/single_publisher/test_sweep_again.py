"""What the sweep has sent is looked at until it is seen, and does not keep the sweep from going further."""

from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.kernel.delivery.stream_pages import PAGE
from shared.kernel.delivery.sweep_note import read_note
from shared.kernel.errors import InvalidMessage, StoreUnavailable, UnreadableCommit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from single_publisher import sweep
from single_publisher.publish import Publisher
from tests.consumers.worlds import now
from tests.kernel.worlds import commit, received
from tests.single_publisher.sweeping import STREAMS, Unreadable, World, delivered, sent


async def test_what_is_lost_twice_is_sent_until_it_is_seen() -> None:
    world = await delivered({"SKU1": 7})
    before = await sent(world)
    world.log.losses = 2

    mended = [(await world.sweep()).mended for _ in range(3)]
    await world.deliver()
    mended.append((await world.sweep()).mended)

    assert mended == [["item-SKU1"]] * 3 + [[]]
    assert await sent(world) == sorted([*before, "item-SKU1@8"])
    assert await world.seen() == [8] * 6
    assert (await read_note(world.progress)).again == {}


async def test_what_was_just_sent_again_has_its_time_to_be_seen() -> None:
    world = await delivered({"SKU1": 7})
    await world.sweep()
    before = await sent(world)

    assert (await world.sweep(later=timedelta(minutes=1))).mended == []
    # What came behind it meanwhile is looked at with it.
    await world.store.append([commit(9, received(1), stream=STREAMS[1])])
    assert (await world.sweep(later=timedelta(seconds=30))).mended == []
    assert await sent(world) == before
    await world.deliver()
    assert (await world.sweep()).mended == ["item-SKU1"]
    await world.deliver()
    assert await world.seen() == [8, 9, 8, 8, 8, 8]


async def test_a_host_whose_clock_was_ahead_keeps_nobody_from_looking_again() -> None:
    world = await delivered({"SKU1": 7})
    world.log.losses = 1
    world.skew = timedelta(hours=1)
    await world.sweep()
    world.skew = timedelta()

    assert (await world.sweep()).mended == ["item-SKU1"]


async def test_too_much_that_waits_to_be_seen_keeps_it_from_going_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "MOST_AGAIN", 2)
    world = await delivered({"SKU1": 0, "SKU2": 0})

    assert (await world.sweep()).proven == 10
    await world.deliver()
    assert (await world.sweep()).proven == 38


async def test_what_was_sent_and_cannot_be_read_any_more_does_not_keep_it_from_going_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "MOST_AGAIN", 2)
    world = await delivered({"SKU1": 0, "SKU2": 0})
    proven = [(await world.sweep()).proven]
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)
    proven.append((await world.sweep()).proven)

    assert proven == [10, 38]


async def test_what_fails_for_one_stream_leaves_the_place_and_the_others_are_mended() -> None:
    class Away(MemoryEventStore):
        """Cannot be read for one of the streams."""

        away = True

        async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
            if self.away and stream == STREAMS[1]:
                raise StoreUnavailable("no answer")
            return await super().read(stream, after, limit=limit)

    world = World()
    world.store = away = Away(clock=world.seconds)
    world.publisher = Publisher(world.log, away, world.parking, now)
    away.away = False
    await delivered({"SKU1": 7, "SKU2": 7}, world)
    away.away = True
    with pytest.raises(ExceptionGroup) as told:
        await world.sweep()
    away.away = False
    await world.deliver()

    assert told.group_contains(StoreUnavailable)
    assert (await world.sweep()).mended == ["item-SKU1"]
    away.away = True
    with pytest.raises(ExceptionGroup):
        await world.sweep()
    away.away = False
    await world.deliver()
    assert (await world.sweep()).mended == []


async def test_what_cannot_be_read_any_more_waits_and_is_the_publisher_s_to_park() -> None:
    class Spoilt(MemoryEventStore):
        spoilt = False

        async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
            if self.spoilt:
                raise UnreadableCommit(InvalidMessage("an item that is none"), 8, 8, 0)
            found = await super().read(stream, after, limit=limit)
            return found if stream != STREAMS[2] or limit == PAGE else Found([])

    world = World()
    world.store = spoilt = Spoilt(clock=world.seconds)
    world.publisher = Publisher(world.log, spoilt, world.parking, now)
    await delivered({"SKU1": 7, "SKU2": 7}, world)
    world.log.losses = 2
    await world.sweep()
    assert (await world.sweep()).mended == ["item-SKU1"]
    spoilt.spoilt = True

    assert (await world.sweep()).mended == []
    assert (await read_note(world.progress)).again.keys() == {"item-SKU1", "item-SKU2"}
