"""The publisher and the deadlines before the trouble of a walk: their poison is no bug in pure code."""

from collections.abc import Sequence

from pydantic_core import to_json

from consumers.deadlines import Deadlines
from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryLog,
    MemoryProgress,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.outcome import Outcome, Unchanged
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.operator_decisions import Replay
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.view import Row, RowKey
from single_publisher.publish import Publisher
from tests.consumers.walks import (
    BAD,
    GOOD,
    WALKS,
    Subject,
    Trouble,
)
from tests.consumers.worlds import now


class Look(MemoryEventStore):
    """A store in which a walk cannot be looked at behind a step that is bad."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self.trouble = trouble

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        found = await super().tail(stream, limit, through)
        for number in range(1, found.commits[-1].version + 1):
            self.trouble.meet(stream.id, number)
        return found


class Expire(Command):
    pass


class InTime(Subject):
    """Deadlines: a run for each step that arrives."""

    consumer = "deadlines"

    def __init__(self) -> None:
        super().__init__()
        self.store = Look(self.trouble)
        self.rows = MemoryRows()

    async def _expire(self, request: CommandRequest) -> Outcome:
        self.trouble.call(request.stream.id)
        version = request.metadata.causation_id.partition("@")[2]
        self.taken.append((request.stream.id, int(version)))
        return Unchanged(1)

    @property
    def deadlines(self) -> Deadlines:
        due = Deadline("due", WALKS, {}, Expire, since=Event)
        dispatcher = Dispatcher()
        dispatcher.register(Expire, self._expire)
        places = MemoryProgress()
        return Deadlines((due,), self.rows, self.store, dispatcher, self.parking, places, now)

    @property
    def replay(self) -> Replay:
        return self.deadlines.replay

    async def arrive(self, *numbers: int, more: str = "", unreadable: bool = False) -> None:
        assert not unreadable, "deadlines are brought no messages"
        for number in numbers:
            for stream, version in ((BAD, number), (GOOD, 1)):
                await self.stored(stream, version, more)
                at = RowKey("walks", stream.id, str(stream))
                known = await self.rows.read(at)
                await self.rows.write(Row(at, version, {}), known.tag if known else None)
            await self.deadlines.run()


class ToTheLog(Subject, MemoryLog):
    """The publisher, and its log: what is bad is too large for that."""

    consumer = "single_publisher"

    def __init__(self) -> None:
        super().__init__()
        MemoryLog.__init__(self, partitions=64)

    @property
    def largest(self) -> int:
        return min((10_000 * number - 1 for number in self.trouble.steps), default=10**9)

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            self.trouble.call(decode(body).stream.id)
        await super().send(partition, bodies)

    @property
    def publisher(self) -> Publisher:
        return Publisher(self, self.store, self.parking, now)

    @property
    def replay(self) -> Replay:
        return self.publisher.release

    def written(self, stream: StreamName, number: int, more: str) -> Commit:
        is_bad = stream == BAD and number in self.trouble.steps
        return super().written(stream, number, (more + "x" * 10_000 * number) * is_bad)

    def body(self, commit: Commit) -> bytes:
        return to_json(to_item(commit))

    def forget(self) -> None:
        for sent in self.messages:
            sent.clear()

    async def take(self, bodies: Sequence[bytes]) -> None:
        await self.publisher.publish(f"[{b','.join(bodies).decode()}]")

    def effects(self, stream: StreamName = BAD) -> set[int]:
        sent = [decode(body) for bodies in self.messages for body in bodies]
        return {one.sequence for one in sent if one.stream == stream}
