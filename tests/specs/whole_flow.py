"""The whole flow on memory twins, with a verb for everything that may fail on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic_core import to_json

from consumers.causing import event_processor
from consumers.deadlines import Deadlines
from consumers.projections import Projections
from consumers.reactions import Reactions
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.domain import domain
from shared.kernel.commit import to_item
from shared.kernel.dispatching import dispatcher
from shared.kernel.errors import OutcomeUnknown
from shared.kernel.message import Event, type_name
from shared.kernel.ports import Appended, Collided, Log
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep
from tests.consumers.worlds import now
from tests.kernel.worlds import no_pause, request
from tests.specs.spec import Flow, Shown, Then

LOST_ANSWER = "the answer of the store is lost"
PUBLISHER_CRASH = "the publisher crashes after the send"
TWICE = "everything is delivered twice"
LOST_BATCH = "the log loses a batch, and the sweep finds it"
REACTIONS_CRASH = "the reactions crash before their checkpoint"
TOO_LATE = "the reactions hear of it when its deadline has passed"
FAULTS = frozenset({LOST_ANSWER, PUBLISHER_CRASH, TWICE, LOST_BATCH, REACTIONS_CRASH, TOO_LATE})

DECISIVE = frozenset({TOO_LATE})
"""Faults without which a flow would come to another end."""


class Forgetful(MemoryEventStore):
    """A store whose next answer to a write may be lost."""

    lose = False

    async def append(self, commits: Any) -> Appended | Collided:
        written = await super().append(commits)
        if self.lose:
            self.lose = False
            raise OutcomeUnknown("no answer")
        return written


@dataclass
class World:
    """Every role, and how far each has come."""

    fault: str | None
    store: Forgetful = field(default_factory=Forgetful)
    rows: MemoryRows = field(default_factory=MemoryRows)
    log: MemoryLog = field(default_factory=lambda: MemoryLog(partitions=1))
    parking: MemoryParking = field(default_factory=MemoryParking)
    published: int = 0
    delivered: int = 0
    unheard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def give_log() -> Log:
            return self.log

        self.dispatcher = dispatcher(domain, self.store, no_pause)
        self.publisher = Publisher(self.log, self.store, self.parking, now)
        self.projections = Projections(
            domain.views, self.rows, self.store, self.parking, give_log, now
        )
        processor = event_processor(domain, self.dispatcher, now, no_pause)
        self.reactions = Reactions(domain, processor, self.store, self.parking, now)

    async def send(self, asked: CommandRequest) -> None:
        """Send a command as a client does that asks again when it hears nothing."""
        self.store.lose = self.fault == LOST_ANSWER
        try:
            await self.dispatcher.dispatch(asked)
        except OutcomeUnknown:
            await self.dispatcher.dispatch(asked)

    async def settle(self) -> None:
        """Let every role work until there is nothing left to do."""
        lossy = self.fault == LOST_BATCH
        while self.published < len(self.store.written) or self.delivered < self._sent():
            await self._publish(lose=lossy)
            lossy = False
            await self._deliver()
        if self.fault == LOST_BATCH:
            self.fault = None
            await self._sweep()
            await self.settle()
        if self.fault == TOO_LATE:
            self.fault = None
            await self._call_off()
            await self.reactions.react(self.unheard)
            await self.settle()

    def _sent(self) -> int:
        return len(self.log.messages[0])

    async def _publish(self, *, lose: bool) -> None:
        new = self.store.written[self.published :]
        documents = to_json([to_item(commit) for commit in new]).decode()
        for _ in range(2 if self.fault == PUBLISHER_CRASH else 1):
            await self.publisher.publish(documents)
        self.published += len(new)
        if lose:
            del self.log.messages[0][self.delivered :]

    async def _deliver(self) -> None:
        batch = self.log.messages[0][self.delivered :]
        for _ in range(2 if self.fault == TWICE else 1):
            await self.projections.project(batch)
        if self.fault == TOO_LATE:
            self.unheard += batch
            self.delivered += len(batch)
            return
        for _ in range(2 if self.fault in {TWICE, REACTIONS_CRASH} else 1):
            await self.reactions.react(batch)
        self.delivered += len(batch)

    async def _sweep(self) -> None:
        later = now() + timedelta(minutes=10)
        sweep = Sweep(
            feed=MemoryFeed(self.store),
            progress=MemoryProgress(),
            rows=self.rows,
            parking=self.parking,
            publisher=self.publisher,
            views=domain.views,
            consumers=(),
            now=lambda: later,
            age=timedelta(minutes=2),
        )
        await sweep.run(seconds=60)

    async def _call_off(self) -> None:
        longest = max(deadline.after for deadline in domain.deadlines)
        later = now() + longest + timedelta(minutes=1)
        await Deadlines(
            *(domain.deadlines, self.rows, self.store, self.dispatcher, self.parking),
            MemoryProgress(),
            lambda: later,
        ).run()


async def by_roles(flow: Flow, history: Callable[[StreamName, Sequence[Event]], Any]) -> list[str]:
    """Let a flow happen; say what came of it otherwise than it says."""
    world = World(flow.fault)
    for stream, given in flow.given.items():
        for commit in history(StreamName.parse(stream), given):
            await world.store.append([commit])
    world.fault = None
    await world.settle()
    world.fault, before = flow.fault, events(world.store)
    stream, command = flow.when
    await world.send(request(command, "when", StreamName.parse(stream)))
    await world.settle()
    shown = rows_shown(world.rows)
    return different(flow.then, before, events(world.store)) + unlike(flow.shown, shown)


def events(store: MemoryEventStore) -> dict[str, list[Event]]:
    """Give the events of every stream."""
    found: dict[str, list[Event]] = {}
    for commit in store.written:
        category = domain.category(StreamName.parse(commit.stream).category)
        found.setdefault(commit.stream, []).extend(
            category.decode(e.type, e.schema_number, e.data) for e in commit.events
        )
    return found


def rows_shown(rows: MemoryRows) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Give the data of every row by view and key."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows.all():
        found.setdefault((row.at.view, row.at.key), []).append(row.data)
    return found


def different(
    then: Then, before: Mapping[str, Sequence[Event]], after: Mapping[str, Sequence[Event]]
) -> list[str]:
    """Say what was written otherwise than wanted."""
    found: list[str] = []
    for stream in sorted(then.keys() | after.keys()):
        new = list(after.get(stream, ()))[len(before.get(stream, ())) :]
        wanted = then.get(stream, ())
        if len(new) != len(wanted) or not all(map(_is, new, wanted)):
            told = [type_name(type(event)) for event in new]
            found.append(f"{stream}: expected {list(wanted)}, got {told}: {new}")
    return found


def unlike(
    wanted: Shown, shown: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
) -> list[str]:
    """Say what the rows show otherwise than wanted."""
    return [
        f"{view}/{key}: expected {dict(data)}, the rows show {list(shown.get((view, key), ()))}"
        for (view, key), data in wanted.items()
        if not any(data.items() <= row.items() for row in shown.get((view, key), ()))
    ]


def _is(event: Event, wanted: Event | type[Event]) -> bool:
    return isinstance(event, wanted) if isinstance(wanted, type) else event == wanted
