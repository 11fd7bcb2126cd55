"""The whole flow on memory twins, with a verb for everything that may fail on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import to_json

from consumers.deadlines import Deadlines
from consumers.notifications import Notifications
from consumers.projections import Projections
from consumers.reaction_handlers import event_processor
from consumers.reactions import Reactions
from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryNotifier,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import OutcomeUnknown
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.message import Event
from shared.kernel.messages.notification import cloud_event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, Log
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep
from single_publisher.sweep_witness import Witness
from tests.active import domain_of
from tests.consumers.worlds import now
from tests.kernel.asking import asked, at_noon, no_pause
from tests.specs.seen import Seen, different, events, logged, passed_on, rows_shown, told, unlike
from tests.specs.spec import TOO_LATE, Flow

LOST_ANSWER = "the answer of the store is lost"
PUBLISHER_CRASH = "the publisher crashes after the send"
TWICE = "everything is delivered twice"
LOST_BATCH = "the log loses a batch, and the sweep finds it"
REACTIONS_CRASH = "the reactions crash before their checkpoint"
FAULTS = (None, LOST_ANSWER, PUBLISHER_CRASH, TWICE, LOST_BATCH, REACTIONS_CRASH)
"""What may fail on the way of every flow, and nothing."""


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
    """Every role, and how far each has come; commands are decided `at` some time, or at noon."""

    domain: Domain
    fault: str | None
    at: datetime | None = None
    store: Forgetful = field(default_factory=Forgetful)
    rows: MemoryRows = field(default_factory=MemoryRows)
    log: MemoryLog = field(default_factory=lambda: MemoryLog(partitions=1))
    parking: MemoryParking = field(default_factory=MemoryParking)
    topic: MemoryNotifier = field(default_factory=MemoryNotifier)
    published: int = 0
    delivered: int = 0
    unheard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def give_log() -> Log:
            return self.log

        at = self.at
        clock = at_noon if at is None else lambda: at
        self.dispatcher = dispatcher(self.domain, self.store, clock, no_pause)
        self.publisher = Publisher(self.log, self.store, self.parking, now)
        self.projections = Projections(
            self.domain.kept_views, self.rows, self.store, self.parking, give_log, now
        )
        processor = event_processor(self.domain, self.dispatcher, no_pause)
        self.reactions = Reactions(self.domain, processor, self.store, self.parking, now)
        self.notifications = Notifications(
            self.domain, self.rows, self.topic, self.store, self.parking, now, no_pause
        )

    async def send(self, asked: CommandRequest) -> None:
        """Send a command as a client does that asks again when it hears nothing."""
        self.store.lose = self.fault == LOST_ANSWER
        try:
            await self.dispatcher.dispatch(asked)
        except OutcomeUnknown:
            await self.dispatcher.dispatch(asked)

    def seen(self) -> Seen:
        """Look at the streams, at the log and at what others were told."""
        bodies = self.log.messages[0]
        heard = map(cloud_event, self.topic.published)
        return Seen(
            events(self.domain, self.store),
            # What a crash has sent again is known by its id.
            logged(self.domain, dict.fromkeys(bodies) if self._doubles() else bodies),
            told(self.domain, heard),
        )

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

    def _doubles(self) -> bool:
        return self.fault == PUBLISHER_CRASH

    def _sent(self) -> int:
        return len(self.log.messages[0])

    async def _publish(self, *, lose: bool) -> None:
        new = self.store.written[self.published :]
        documents = to_json([to_item(commit) for commit in new]).decode()
        for _ in range(2 if self._doubles() else 1):
            await self.publisher.publish(documents)
        self.published += len(new)
        if lose:
            del self.log.messages[0][self.delivered :]

    async def _deliver(self) -> None:
        batch = self.log.messages[0][self.delivered :]
        for _ in range(2 if self.fault == TWICE else 1):
            await self.projections.project(batch)
            await self.notifications.notify(batch)
        if self.fault == TOO_LATE:
            self.unheard += batch
            self.delivered += len(batch)
            return
        for _ in range(2 if self.fault in {TWICE, REACTIONS_CRASH} else 1):
            await self.reactions.react(batch)
        self.delivered += len(batch)

    async def _sweep(self) -> None:
        sweep = Sweep(
            feed=MemoryFeed(self.store),
            progress=MemoryProgress(),
            witness=Witness(self.rows, self.domain.kept_views),
            parking=self.parking,
            publisher=self.publisher,
            consumers=(),
            now=now,
            age=timedelta(),
        )
        await sweep.run(seconds=60)

    async def _call_off(self) -> None:
        moments = [now() + deadline.after for deadline in self.domain.deadlines]
        moments += [
            _moment(named)
            for deadline in self.domain.deadlines
            for row in self.rows.all()
            if row.at.view == deadline.view.name and (named := row.data.get(deadline.at))
        ]
        later = max(moments) + timedelta(minutes=1)
        await Deadlines(
            *(self.domain.deadlines, self.rows, self.store, self.dispatcher, self.parking),
            MemoryProgress(),
            lambda: later,
        ).run()


def _moment(named: str) -> datetime:
    """Read a moment; a day begins at midnight."""
    moment = datetime.fromisoformat(named)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


type History = Callable[[StreamName, Sequence[Event]], Sequence[Commit]]


def faults_of(flow: Flow) -> Sequence[str | None]:
    """Name what may fail on the way of a flow without leading it to another end."""
    return (TOO_LATE,) if flow.late else FAULTS


async def whatever_fails(flow: Flow, history: History) -> list[str]:
    """Let a flow happen once with every fault; say what came of it otherwise than it says."""
    return [
        f"though {fault}, {found}" if fault else found
        for fault in faults_of(flow)
        for found in await by_roles(flow, fault, history)
    ]


async def by_roles(flow: Flow, fault: str | None, history: History) -> list[str]:
    """Let a flow happen though something fails; say what came of it otherwise than it says."""
    stream, command = flow.when
    world = World(domain_of(type(command)), fault, flow.at)
    for given_stream, given in flow.given.items():
        for commit in history(StreamName.parse(given_stream), given):
            await world.store.append([commit])
    # What was there before is known to everybody, and comes again.
    world.fault = TWICE
    await world.settle()
    world.fault, before = fault, world.seen()
    await world.send(asked(command, "when", StreamName.parse(stream), flow.by))
    await world.settle()
    after = world.seen()
    found = different(flow.then, before.written, after.written)
    return found + passed_on(flow, before, after) + unlike(flow.shown, rows_shown(world.rows))
