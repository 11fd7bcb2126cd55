"""Thousands of parked streams: what the sweep and a batch beside them ask for does not grow with them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import pytest
from pydantic_core import to_json

from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import MemoryEventStore, MemoryParking
from shared.kernel.delivery.parking import Decision, Parked
from shared.kernel.delivery.sweep_note import NAME, Again, SweepNote, read_note
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, StoredParked
from single_publisher.publish import Publisher
from single_publisher.sweep import MOST_HELD
from tests.consumers.worlds import now
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received
from tests.single_publisher.sweeping import World, delivered

PARKED = [f"item-PARKED{number}" for number in range(MOST_HELD)]


class CountedParking(MemoryParking):
    """Counts what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Counter[str]()

    async def held(self, consumer: str, streams: Collection[str]) -> Mapping[str, int]:
        self.calls["held"] += 1
        return await super().held(consumer, streams)

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        self.calls["find"] += 1
        return await super().find(consumer, stream)

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        self.calls["seen"] += 1
        return await super().seen(consumer, stream, version)

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        self.calls["decisions"] += 1
        return await super().decisions(consumer, stream)


class CountedStore(MemoryEventStore):
    """Counts what is read."""

    def __init__(self, calls: Counter[str], clock: Callable[[], float]) -> None:
        super().__init__(clock=clock)
        self.calls = calls

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        self.calls["read"] += 1
        return await super().read(stream, after, limit=limit)


async def beside(parked: Sequence[str], consumer: str) -> tuple[World, Counter[str]]:
    """Give a world in which streams are parked for a consumer, and what is asked for from now on."""
    world, parking = World(), CountedParking()
    world.parking, world.store = parking, CountedStore(parking.calls, world.seconds)
    world.publisher = Publisher(world.log, world.store, world.parking, now)
    await delivered({}, world)
    for stream in parked:
        await world.store.append([commit(1, received(1), stream=StreamName.parse(stream))])
        await world.parking.park(Parked(consumer, stream, 1, 1, "too large", NOON))
    parking.calls.clear()
    return world, parking.calls


async def test_a_sweep_asks_a_few_times_for_thousands_that_wait_for_the_operator() -> None:
    world, calls = await beside(PARKED, "single_publisher")
    again = dict.fromkeys(PARKED, Again(version=1, sent=""))
    await world.progress.write(NAME, SweepNote(again=again).model_dump_json())

    await world.sweep(seconds=0)

    assert calls.total() == calls["held"] <= MOST_HELD / 100 + 10
    assert (await read_note(world.progress)).again.keys() == set(PARKED)


async def test_what_is_released_is_looked_for_at_once() -> None:
    world, _ = await beside(PARKED[:3], "single_publisher")
    again = dict.fromkeys(PARKED[:3], Again(version=1, sent=""))
    await world.progress.write(NAME, SweepNote(again=again).model_dump_json())
    released = await world.parking.find("single_publisher", PARKED[1])
    assert released is not None
    await world.parking.unpark(released)

    assert (await world.sweep()).mended == [PARKED[1]]


@pytest.mark.parametrize("consumer", ["projections", "single_publisher"])
async def test_a_batch_beside_thousands_of_parked_streams_asks_as_often_as_beside_ten(
    consumer: str,
) -> None:
    asked = []
    for many in (10, MOST_HELD):
        world, calls = await beside(PARKED[:many], consumer)
        new = [commit(2, received(1), stream=StreamName.parse(name)) for name in PARKED[:5]]
        await world.publisher.publish(to_json([to_item(one) for one in new]).decode())
        await world.deliver()
        asked.append(calls)

    assert asked[0] == asked[1]
    assert asked[0].total() > 0
