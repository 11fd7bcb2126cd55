"""An archived desk: five items whose whole history is in files and in a hub, and a store that is away."""

from itertools import batched
from typing import Any

from consumers.rebuild import Rebuild
from consumers.replay.filling import LogFilling
from consumers.replay.log import WholeLog
from shared.adapters.memory import MemoryArchive, MemoryLog, MemoryRows
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, NumberedMessage
from tests.consumers.rebuilding import GRACE, Desk, Feed, Reads
from tests.kernel.worlds import commit, received

TICK = 0.01


class AwayStore(Reads):
    """A store that answers nobody who asks for a stream once it is away."""

    away = False

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        if self.away:
            raise StoreUnavailable("no answer")
        return await super().read(stream, after, limit=limit)


class ArchivedDesk(Desk):
    """A desk whose messages are in a log of one partition, and in files of so many."""

    def __init__(self, rows: MemoryRows | None = None) -> None:
        self.kept_away = AwayStore()
        super().__init__(rows, self.kept_away)
        self.archive = MemoryArchive(block=2)
        self.world.log = MemoryLog(partitions=1)
        self.ticks = 0.0

    async def write(self, *commits: Commit) -> None:
        """Store commits, and let the log bring them."""
        await super().write(*commits)
        await self.send(*(body for one in commits for body in encode_all(one)))

    async def send(self, *bodies: bytes) -> None:
        """Put messages into the log."""
        await self.world.log.send(0, bodies)

    def keep(self) -> None:
        """Let the archive have all in files of four messages, and the hub the last three."""
        messages = [NumberedMessage(*one) for one in enumerate(self.world.log.messages[0])]
        for window, some in enumerate(batched(messages, 4, strict=False)):
            self.archive.keep(0, window, some)
        self.world.log.expire(0, len(messages) - 3)

    def clock(self) -> float:
        """Let a look at the clock take so long."""
        self.ticks += TICK
        return self.ticks

    def rebuild(self, pages: int = 1_000) -> Rebuild:
        projections = self.world.projections

        async def log() -> WholeLog:
            return WholeLog(self.world.log, self.archive)

        filling = LogFilling(projections, log, self.progress, self.clock, page=3)
        feed = Feed(self.store, pages)
        return Rebuild(projections, feed, self.progress, GRACE, self.clock, filling)

    async def begin_from_log(self) -> None:
        """Begin, and let the store be away from now on."""
        self.kept_away.away = True
        await self.rebuild().begin(self.view, "log")

    def data(self, generation: str) -> dict[str, Any]:
        """Give all rows of a generation, but for its name."""
        rows = [row for row in self.rows.all() if row.at.view == generation]
        return {row.at.stream: (row.at.key, row.version, row.data) for row in rows}


ITEMS = [StreamName("item", f"SKU{number}") for number in range(5)]


async def archived(length: int = 4, rows: MemoryRows | None = None) -> ArchivedDesk:
    """Give a desk with so many messages of each item; the archive has all of them, and the hub the last three."""
    desk = ArchivedDesk(rows)
    for version in range(1, length + 1):
        await desk.write(*(commit(version, received(version), stream=stream) for stream in ITEMS))
    desk.keep()
    return desk
