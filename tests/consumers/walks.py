"""A walk, step by step: what arrives at every consumer alike, and the trouble that it meets."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import azure.functions as func
from pydantic import Field, model_validator

from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryParking,
)
from shared.kernel.commands.category import Category, record
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.outcome import Outcome, Unchanged
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.delivery.operator_decisions import Replay
from shared.kernel.delivery.parking import Action, Parked
from shared.kernel.delivery.retry import Attempts, one_attempt
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage, StoreUnavailable, UnreadableCommit
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.inbound_event import OutsideData
from shared.kernel.messages.message import Command, Event, Message, PublicEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from shared.kernel.views.view import View
from tests.consumers.worlds import now
from tests.kernel.asking import whole
from tests.kernel.worlds import commit

BAD, GOOD = StreamName("walk", "bad"), StreamName("walk", "good")
UNREADABLE = b"{}"
LARGE = "é" * 300_000
"""As an item of the store would hold it, it has 1.8 MB."""


@dataclass
class Trouble:
    """What goes wrong with the walk that is called bad: a bug at some of its steps, or a service that is away.

    Some steps are `blurred`: nobody can read what the store has of them. The next so many calls `fails`.
    """

    steps: set[int] = field(default_factory=set)
    blurred: set[int] = field(default_factory=set)
    away: bool = False
    fails: int = 0
    error: Exception = field(default_factory=lambda: StoreUnavailable("not now"))

    def meet(self, walk: str, step: int) -> None:
        """Be what pure code meets at a step."""
        if walk == BAD.id and step in self.steps:
            raise ZeroDivisionError("a bug")

    def call(self, walk: str) -> None:
        """Be what a call of a service meets."""
        if walk == BAD.id and (self.away or self.fails):
            self.fails = max(0, self.fails - 1)
            raise self.error


class Steps(MemoryEventStore):
    """A store in which somebody has spoilt items."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self.trouble = trouble

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        found = await super().read(stream, after, limit=limit)
        for before, one in enumerate(found.commits):
            if one.first in self.trouble.blurred:
                error = InvalidMessage("an item that is none")
                raise UnreadableCommit(error, one.first, one.version, before)
        return found


class Step(Command):
    walk: str
    number: int
    more: str = ""
    trouble: ClassVar[Trouble] = Trouble()

    @model_validator(mode="after")
    def _meet(self) -> "Step":
        self.trouble.meet(self.walk, self.number)
        return self


class Stepped(Event):
    walk: str
    number: int
    more: str = ""


class Told(PublicEvent):
    number: int


class Delivered(OutsideData):
    walk: str
    number: int


class Way(Message):
    steps: list[int] = Field(default_factory=list)


walk = Category(
    name="walk",
    decider=Decider[Any, Any, Any](0, lambda *_: (), lambda state, _: state),
    events=(Stepped,),
    commands=(Step,),
    snapshots=Snapshots("walk/1", int),
)
WALKS = View("walks", walk, Way, lambda way, _: way, lambda stream, _: stream.id)
HERE = Domain(categories=(walk,), views=(WALKS,))


class Subject(ABC):
    """A consumer on memory twins, and the steps that have taken effect."""

    consumer: ClassVar[str]
    alone: ClassVar[bool] = False
    """Whether a message is parked alone: what is behind it goes on."""

    def __init__(self) -> None:
        self.trouble = Trouble()
        self.parking = MemoryParking()
        self.store: MemoryEventStore = Steps(self.trouble)
        self.taken: list[tuple[str, int]] = []

    @property
    @abstractmethod
    def replay(self) -> Replay:
        """Replay what a marker holds back, as the consumer does."""

    async def take(self, bodies: Sequence[bytes]) -> None:
        """Hand over a batch, to whoever is fed by batches."""
        # The deadlines are fed by none: they look for themselves.
        raise NotImplementedError

    def body(self, commit: Commit) -> bytes:
        """Write a step as this consumer gets it."""
        (body,) = encode_all(commit)
        return body

    def written(self, stream: StreamName, number: int, more: str) -> Commit:
        """Write a step as the store has it."""
        event = record(Stepped(walk=stream.id, number=number, more=more))
        return commit(number, event, stream=stream)

    async def arrive(self, *numbers: int, more: str = "", unreadable: bool = False) -> None:
        """Let steps of the bad walk arrive, and one of the good one; before them what nobody can read."""
        bad = await self.stored(BAD, max(numbers), more)
        good = await self.stored(GOOD, 1, more)
        steps = [*(bad[number - 1] for number in numbers), good[0]]
        await self.take([*[UNREADABLE] * unreadable, *map(self.body, steps)])

    async def stored(self, stream: StreamName, length: int, more: str) -> Sequence[Commit]:
        """Store a walk up to a step; give all of it."""
        for number in range(len(await whole(self.store, stream)) + 1, length + 1):
            await self.store.append([self.written(stream, number, more)])
        return await whole(self.store, stream)

    def forget(self) -> None:
        """Forget all effects."""
        self.taken.clear()

    def effects(self, stream: StreamName = BAD) -> set[int]:
        """Give the steps that have taken effect."""
        return {number for name, number in self.taken if name == stream.id}

    def parked(self) -> list[Parked]:
        """Give what is parked, in the order of the steps."""
        return sorted(self.parking.markers(), key=lambda one: (one.version, self.number(one)))

    def number(self, marker: Parked) -> int:
        """Give the step that a marker is about."""
        if not self.alone:
            return marker.version
        data = (marker.envelope or {}).get("data") or {}
        number: int = data.get("number", 0)
        return number

    async def decide(self, action: Action, which: int = 0) -> int:
        """Decide on one of what is parked, as an operator does; give the status of the answer."""
        marker = self.parked()[which]
        req = func.HttpRequest(
            method="POST",
            url="/",
            route_params={"consumer": self.consumer, "stream": marker.stream},
            body=json.dumps({"by": "ann", "reason": "seen to", "from": marker.version}).encode(),
        )
        operations = Operations(self.consumer, self.parking, self.replay, now)
        answer = await answered(operations.decide(req, action))
        status: int = answer.status_code
        return status

    async def carry_out(self, request: CommandRequest) -> Outcome:
        """Be the one handler of the one command."""
        assert isinstance(request.command, Step)
        self.trouble.call(request.command.walk)
        self.taken.append((request.command.walk, request.command.number))
        return Unchanged(1)

    @property
    def dispatcher(self) -> Dispatcher:
        Step.trouble = self.trouble
        dispatcher = Dispatcher()
        dispatcher.register(Step, self.carry_out)
        return dispatcher


class Followed(Subject):
    """A consumer of a hub."""

    def order(self) -> list[int]:
        """Give the steps of the bad walk in the order of their effects."""
        return [number for name, number in self.taken if name == BAD.id]

    @abstractmethod
    async def handle(self, bodies: Sequence[bytes], attempts: Attempts) -> None:
        """Handle a batch, as its attempts allow."""

    async def take(self, bodies: Sequence[bytes]) -> None:
        await self.handle(bodies, one_attempt())


def data_of(commit: Commit) -> dict[str, Any]:
    """Give what a step says."""
    return dict(commit.events[0].data)
