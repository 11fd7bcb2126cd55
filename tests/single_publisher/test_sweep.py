"""The sweep mends what a publisher dropped, without an operator, and leaves alone what is right."""

from dataclasses import replace
from datetime import timedelta

from consumers.projections import Projections
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.domain import domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage, Found, Log
from single_publisher.messages import messages
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep, Swept
from tests.consumers.worlds import now
from tests.kernel.asking import whole
from tests.kernel.worlds import commit, received

STREAMS = [StreamName("item", f"SKU{number}") for number in range(6)]
LATER = timedelta(minutes=5)


class World:
    """A store with six streams of eight events, and all that follows from it on memory twins."""

    def __init__(self) -> None:
        self.feed: type[MemoryFeed] = MemoryFeed
        self.store = MemoryEventStore()
        self.rows = MemoryRows()
        self.log = MemoryLog(partitions=4)
        self.parking = MemoryParking()
        self.progress = MemoryProgress()
        self.publisher = Publisher(self.log, self.store, self.parking, now)
        self.projections = Projections(
            domain.views, self.rows, self.store, self.parking, self._open, now
        )
        self.taken = [0, 0, 0, 0]

    async def _open(self) -> Log:
        return self.log

    async def write(self) -> None:
        for version in range(1, 9):
            for stream in STREAMS:
                await self.store.append([commit(version, received(1), stream=stream)])

    async def deliver(self) -> None:
        """Project what is new in the log."""
        for partition, sent in enumerate(self.log.messages):
            new, self.taken[partition] = sent[self.taken[partition] :], len(sent)
            await self.projections.project(new)

    async def sweep(self, later: timedelta = LATER, seconds: float = 10) -> Swept:
        sweep = Sweep(
            feed=self.feed(self.store, page=10),
            progress=self.progress,
            rows=self.rows,
            parking=self.parking,
            publisher=self.publisher,
            views=domain.views,
            consumers=("single_publisher", "projections"),
            now=lambda: now() + later,
            age=timedelta(minutes=2),
        )
        return await sweep.run(seconds)

    async def seen(self) -> list[int]:
        found = [await self.rows.of_key("stock", stream.id) for stream in STREAMS]
        return [rows[0].version if rows else 0 for rows in found]


async def delivered(versions: dict[str, int]) -> World:
    """Let the publisher send each stream only as far as a version, and drop the rest."""
    world = World()
    await world.write()
    for stream in STREAMS:
        up_to = versions.get(stream.id, 8)
        sent = [c for c in await whole(world.store, stream) if c.version <= up_to]
        await world.publisher._send([m for one in sent for m in messages(one, world.log.largest)])
    await world.deliver()
    return world


async def test_what_arrived_is_proven_and_nothing_is_sent() -> None:
    world = await delivered({})
    before = list(map(len, world.log.messages))

    swept = await world.sweep()

    assert swept == Swept(proven=48, mended=[])
    assert list(map(len, world.log.messages)) == before


async def test_a_batch_and_a_last_event_that_were_dropped_are_mended() -> None:
    world = await delivered({"SKU1": 7, "SKU2": 3, "SKU3": 0})

    swept = await world.sweep()
    await world.deliver()

    assert set(swept.mended) == {"item-SKU1", "item-SKU2", "item-SKU3"}
    assert await world.seen() == [8] * 6
    assert (await world.sweep()).mended == []


async def test_only_what_is_missing_is_sent() -> None:
    world = await delivered({"SKU1": 7})
    before = sum(map(len, world.log.messages))

    await world.sweep()

    sent = [decode(body).id for partition in world.log.messages for body in partition]
    assert len(sent) == before + 1
    assert "item-SKU1@8" in sent


async def test_what_is_young_is_left_to_the_publisher() -> None:
    world = await delivered({"SKU1": 0})

    swept = await world.sweep(later=timedelta(minutes=1))

    assert swept == Swept(proven=0, mended=[])


async def test_the_next_sweep_goes_on_where_the_last_one_ended() -> None:
    world = await delivered({})
    await world.sweep()

    await world.store.append([commit(9, received(1), stream=STREAMS[0])])
    swept = await world.sweep()

    assert swept == Swept(proven=1, mended=["item-SKU0"])


async def test_a_parked_stream_is_left_to_its_operator() -> None:
    world = await delivered({})
    unknown = RecordedEvent("StockMelted", 1, {})
    await world.store.append([commit(9, unknown, stream=STREAMS[0])])
    await world.publisher.replay(STREAMS[0], 9)
    await world.deliver()

    assert [one.stream for one in await world.parking.parked("projections")] == ["item-SKU0"]
    assert (await world.sweep()).mended == []


async def test_an_unknown_event_that_nobody_saw_is_sent_and_then_parked() -> None:
    world = await delivered({})
    unknown = RecordedEvent("StockMelted", 1, {})
    await world.store.append([commit(9, unknown, stream=STREAMS[0])])

    swept = await world.sweep()
    await world.deliver()

    assert swept.mended == ["item-SKU0"]
    assert [one.version for one in await world.parking.parked("projections")] == [9]


async def test_a_sweep_that_has_no_time_left_proves_nothing() -> None:
    world = await delivered({"SKU1": 0})

    assert await world.sweep(seconds=0) == Swept(proven=0, mended=[])


async def test_what_can_never_be_published_is_parked_by_the_sweep() -> None:
    class Unreadable(MemoryEventStore):
        async def read(self, *_args: object, **_more: object) -> Found:
            raise InvalidMessage("an item that is none")

    world = await delivered({"SKU1": 7})
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)

    await world.sweep()

    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version) == ("item-SKU1", 8)


async def test_a_page_is_proven_whatever_stands_on_it_in_whatever_order() -> None:
    class Shuffled(MemoryFeed):
        """Brings what no commit is made of, and old commits behind new ones."""

        async def read(self, range_: str, position: str | None) -> FeedPage:
            page = await super().read(range_, position)
            strange = {"id": "1", "metadata": {"time": ""}}
            return replace(page, items=[*reversed(page.items), strange] if page.items else [])

    world = await delivered({"SKU1": 7})
    world.feed = Shuffled

    assert (await world.sweep()).mended == ["item-SKU1"]
