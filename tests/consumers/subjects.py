"""Every consumer of messages before one and the same trouble of a walk."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_json

from consumers.mailbox import Mailbox
from consumers.notifications import Notifications
from consumers.projections import Projections
from consumers.reaction_handlers import event_processor
from consumers.reactions import Reactions
from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.identity.webhook_senders import Sender
from shared.adapters.memory import (
    MemoryLog,
    MemoryNotifier,
    MemoryOutcomes,
    MemoryReceipts,
    MemoryRows,
)
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.delivery.operator_decisions import Replay
from shared.kernel.delivery.retry import Attempts
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.inbound_event import InboundReceptor
from shared.kernel.messages.message import Event
from shared.kernel.messages.notification import Notification, Unwanted
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import ROWS, Log, StoredRow
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.reactions.receptor import Reaction, Receptor
from shared.kernel.views.view import Row, RowKey, View
from tests.consumers.walks import (
    BAD,
    HERE,
    UNREADABLE,
    WALKS,
    Delivered,
    Followed,
    Step,
    Stepped,
    Subject,
    Told,
    Trouble,
    Way,
    data_of,
    walk,
)
from tests.consumers.worlds import now
from tests.kernel.asking import NOON, asked, no_pause

FOUND = Lookup[Any, Any](WALKS, lambda stream, _: [stream.id])


class TroubledRows(MemoryRows):
    """Rows that are away with the rest."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self.trouble = trouble

    async def read(self, at: RowKey) -> StoredRow | None:
        self.trouble.call(at.key)
        return await super().read(at)

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        self.trouble.call(key)
        return await super().of_key(view, key, after, limit)


class ToRows(Followed):
    """Projections."""

    consumer = "projections"

    def __init__(self) -> None:
        super().__init__()
        self.rows = TroubledRows(self.trouble)

    def _evolve(self, way: Way, event: Event) -> Way:
        assert isinstance(event, Stepped)
        self.trouble.meet(event.walk, event.number)
        return Way(steps=[*way.steps, event.number])

    @property
    def projections(self) -> Projections:
        view = View("walks", walk, Way, self._evolve, WALKS.key)
        return Projections((view,), self.rows, self.store, self.parking, self._log, now)

    async def _log(self) -> Log:
        return MemoryLog(partitions=4)

    @property
    def replay(self) -> Replay:
        return self.projections.replay

    async def handle(self, bodies: Sequence[bytes], attempts: Attempts) -> None:
        await self.projections.project(bodies, attempts)

    def forget(self) -> None:
        self.rows._rows.clear()

    def effects(self, stream: StreamName = BAD) -> set[int]:
        return set(self.order(stream))

    def order(self, stream: StreamName = BAD) -> list[int]:
        stored = self.rows._rows.get(RowKey("walks", stream.id, str(stream)))
        return list(stored.row.data["steps"]) if stored else []


class ToCommands(Followed):
    """Reactions."""

    consumer = "reactions"

    def _react(self, stream: StreamName, event: Stepped) -> Iterable[Reaction]:
        self.trouble.meet(event.walk, event.number)
        return [Reaction(stream, Step(walk=event.walk, number=event.number), "go")]

    @property
    def reactions(self) -> Reactions:
        receptor = Receptor("go", walk, Stepped, walk, Step, self._react)
        domain = Domain((walk,), (WALKS,), receptors=(receptor,))
        processor = event_processor(domain, self.dispatcher, no_pause)
        return Reactions(domain, processor, self.store, self.parking, now)

    @property
    def replay(self) -> Replay:
        return self.reactions.replay

    async def handle(self, bodies: Sequence[bytes], attempts: Attempts) -> None:
        await self.reactions.react(bodies, attempts)


class ToOthers(Followed, MemoryNotifier):
    """Notifications, and their topic."""

    consumer = "notifications"

    def _enrich(self, _stream: StreamName, event: Stepped, _found: object) -> Told:
        self.trouble.meet(event.walk, event.number)
        return Told(link="", number=event.number)

    async def publish(self, notifications: Sequence[Notification]) -> list[Unwanted]:
        self.taken += [(one.subject.partition("-")[2], one.data["number"]) for one in notifications]
        return []

    @property
    def notifications(self) -> Notifications:
        enricher = Enricher[Any, Any, Any]("told", walk, Stepped, Told, self._enrich, FOUND)
        domain = Domain((walk,), (WALKS,), enrichers=(enricher,))
        rows, store = TroubledRows(self.trouble), self.store
        return Notifications(domain, rows, self, store, self.parking, now, no_pause)

    @property
    def replay(self) -> Replay:
        return self.notifications.replay

    async def handle(self, bodies: Sequence[bytes], attempts: Attempts) -> None:
        await self.notifications.notify(bodies, attempts)


class Waiting(Followed):
    """The durable mailbox."""

    consumer, alone = "mailbox", True

    @property
    def mailbox(self) -> Mailbox:
        outcomes = MemoryOutcomes()
        return Mailbox(HERE, self.dispatcher, outcomes, self.parking, now, no_pause)

    @property
    def replay(self) -> Replay:
        return self.mailbox.replay

    def body(self, commit: Commit) -> bytes:
        command, id_ = Step.model_construct(**data_of(commit)), f"c-{commit.version}"
        return encode_command(asked(command, id_, StreamName.parse(commit.stream)), NOON)

    async def handle(self, bodies: Sequence[bytes], attempts: Attempts) -> None:
        await self.mailbox.handle(bodies, attempts)


WALKER = Sender("walker", ("/walks",), ("went",))


class FromOthers(Subject):
    """Webhooks."""

    consumer, alone = "webhooks", True

    def __init__(self) -> None:
        super().__init__()
        self.receipts = MemoryReceipts()

    def _react(self, data: Delivered) -> Iterable[Reaction]:
        self.trouble.meet(data.walk, data.number)
        step = Step(walk=data.walk, number=data.number)
        return [Reaction(StreamName("walk", data.walk), step, "go")]

    @property
    def webhooks(self) -> Webhooks:
        receptor = InboundReceptor("go", "went", Delivered, walk, Step, self._react)
        domain = Domain((walk,), (WALKS,), inbound=(receptor,))
        return Webhooks(*(domain, self.dispatcher, self.parking, self.receipts, now, no_pause))

    @property
    def replay(self) -> Replay:
        return self.webhooks.replay

    def body(self, commit: Commit) -> bytes:
        id_, data = f"{commit.stream}-{commit.version}", data_of(commit)
        about = {"specversion": "1.0", "id": id_, "source": "/walks", "type": "went"}
        return to_json({**about, "data": data})

    async def take(self, bodies: Sequence[bytes]) -> None:
        for body in bodies:
            if body == UNREADABLE:
                await self.webhooks.take(body, WALKER)
        events = b",".join(body for body in bodies if body != UNREADABLE)
        await self.webhooks.take(b"[" + events + b"]", WALKER)
