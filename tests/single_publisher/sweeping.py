"""A world to sweep: a store, a log that may lose what it takes, and rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from consumers.projections import Projections
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.domain.shop import domain
from shared.kernel.errors import InvalidMessage, UnreadableCommit
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, Log
from shared.kernel.views.view import View
from single_publisher.messages import messages
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep, Swept
from single_publisher.sweep_witness import Witness
from tests.consumers.worlds import now
from tests.kernel.asking import whole
from tests.kernel.worlds import commit, received

STREAMS = [StreamName("item", f"SKU{number}") for number in range(6)]
LATER = timedelta(minutes=5)
LONG = LATER.total_seconds()


class Unreadable(MemoryEventStore):
    """Holds nothing but an item that is none."""

    async def read(self, *_args: object, **_more: object) -> Found:
        raise UnreadableCommit(InvalidMessage("an item that is none"), 8, 8, 0)


class Leaky(MemoryLog):
    """A log that acknowledges what it takes, and loses so many of the batches."""

    losses = 0

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        if self.losses:
            self.losses -= 1
            return
        await super().send(partition, bodies)


class World:
    """A store with six streams of eight events, and all that follows from it on memory twins."""

    def __init__(self) -> None:
        self.feed: type[MemoryFeed] = MemoryFeed
        self.views: Sequence[View[Any]] = domain.kept_views
        self.ranges: list[str] = ["-FF"]
        self.later = timedelta()
        self.skew = timedelta()
        self.store = MemoryEventStore(clock=self.seconds)
        self.rows = MemoryRows()
        self.log = Leaky(partitions=4)
        self.parking = MemoryParking()
        self.progress = MemoryProgress()
        self.publisher = Publisher(self.log, self.store, self.parking, now)
        self.taken = [0, 0, 0, 0]

    async def _open(self) -> Log:
        return self.log

    def now(self) -> datetime:
        """Give the time of the host."""
        return now() + self.later + self.skew

    def seconds(self) -> float:
        """Give the time of the store."""
        return self.later.total_seconds()

    @property
    def projections(self) -> Projections:
        return Projections(self.views, self.rows, self.store, self.parking, self._open, now)

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
        """Let some time pass, and sweep; raises what the sweep met."""
        self.later += later
        sweep = Sweep(
            feed=self.feed(self.store, 10, self.ranges),
            progress=self.progress,
            witness=Witness(self.rows, self.views),
            parking=self.parking,
            publisher=self.publisher,
            consumers=("single_publisher", "projections"),
            now=self.now,
            age=timedelta(minutes=2),
        )
        swept = await sweep.run(seconds)
        if swept.errors:
            raise BaseExceptionGroup("not everything was swept", swept.errors)
        return swept

    async def seen(self) -> list[int]:
        found = [await self.rows.of_key("stock", stream.id) for stream in STREAMS]
        return [rows[0].version if rows else 0 for rows in found]


async def delivered(versions: dict[str, int], world: World | None = None) -> World:
    """Let the publisher send each stream only as far as a version, and drop the rest."""
    world = world or World()
    await world.write()
    for stream in STREAMS:
        up_to = versions.get(stream.id, 8)
        sent = [c for c in await whole(world.store, stream) if c.version <= up_to]
        await world.publisher._send([m for one in sent for m in messages(one, world.log.largest)])
    await world.deliver()
    return world


async def sent(world: World) -> list[str]:
    """Name all that the log has kept, once for each time."""
    return sorted(decode(body).id for partition in world.log.messages for body in partition)
