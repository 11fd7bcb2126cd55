"""The whole flow on memory twins, with a verb for everything that may fail on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json

from consumers.chain_writing import Chains
from consumers.feeds import Feeds
from consumers.notifications import Notifications
from consumers.projections import Projections
from consumers.reaction_handlers import event_processor
from consumers.reactions import Reactions
from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryFeedPages,
    MemoryLog,
    MemoryNotifier,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.commands.outcome import Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import OutcomeUnknown
from shared.kernel.messages.notification import cloud_event
from shared.kernel.ports import Appended, Collided, Log
from single_publisher.publish import Publisher
from single_publisher.sweep import Sweep
from single_publisher.sweep_witness import Witness
from tests.consumers.worlds import now
from tests.kernel.asking import at_noon, no_pause
from tests.specs.seen import Seen, events, logged, pulled, told

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
    """Every role, and how far each has come; what happens while reactions are `deaf`, they hear afterwards."""

    domain: Domain
    fault: str | None
    time: datetime = field(default_factory=at_noon)
    store: Forgetful = field(default_factory=Forgetful)
    rows: MemoryRows = field(default_factory=MemoryRows)
    log: MemoryLog = field(default_factory=lambda: MemoryLog(partitions=1))
    parking: MemoryParking = field(default_factory=MemoryParking)
    topic: MemoryNotifier = field(default_factory=MemoryNotifier)
    pages: MemoryFeedPages = field(default_factory=MemoryFeedPages)
    published: int = 0
    delivered: int = 0
    deaf: bool = False
    unheard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def give_log() -> Log:
            return self.log

        self.dispatcher = dispatcher(self.domain, self.store, lambda: self.time, no_pause)
        self.publisher = Publisher(self.log, self.store, self.parking, now)
        self.projections = Projections(
            self.domain.kept_views, self.rows, self.store, self.parking, give_log, now
        )
        processor = event_processor(self.domain, self.dispatcher, no_pause)
        self.reactions = Reactions(self.domain, processor, self.store, self.parking, now)
        self.notifications = Notifications(
            self.domain, self.rows, self.topic, self.store, self.parking, now, no_pause
        )

        self.feeds = Feeds(
            *(self.domain, self.rows, Chains(self.pages), self.store, self.parking, now, no_pause)
        )

    async def send(self, asked: CommandRequest) -> Outcome:
        """Send a command as a client does that asks again when it hears nothing; gives what it came to."""
        self.store.lose = self.fault == LOST_ANSWER
        try:
            return await self.dispatcher.dispatch(asked)
        except OutcomeUnknown:
            return await self.dispatcher.dispatch(asked)

    def seen(self) -> Seen:
        """Look at the streams, at the log, and at what others were told and can pull."""
        bodies = self.log.messages[0]
        heard = map(cloud_event, self.topic.published)
        return Seen(
            events(self.domain, self.store),
            # What a crash has sent again is known by its id.
            logged(self.domain, dict.fromkeys(bodies) if self._doubles() else bodies),
            told(self.domain, heard),
            pulled(self.domain, self.pages),
        )

    async def hear(self) -> None:
        """Let the reactions hear of what they were deaf to."""
        self.deaf = False
        await self._react(self.unheard)
        await self.settle()

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
            await self.feeds.feed(batch)
        if self.deaf:
            self.unheard += batch
            self.delivered += len(batch)
            return
        await self._react(batch)
        self.delivered += len(batch)

    async def _react(self, batch: Sequence[bytes]) -> None:
        for _ in range(2 if self.fault in {TWICE, REACTIONS_CRASH} else 1):
            await self.reactions.react(batch)

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
