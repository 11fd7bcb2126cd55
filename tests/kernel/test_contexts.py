"""Decisions that use the time and the actor, in seeded worlds: several hosts, batches, lost answers, repeats.

Whatever happens, a commit is what its decider makes of the state before it in the context that it records; and who
asks again is told what was decided first, for that actor alone.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.context import Context
from shared.kernel.commands.outcome import Accepted, Forbidden, Outcome, Refused
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import CommandIdReused, Conflict, OnewriteError, OutcomeUnknown
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided
from tests.kernel.asking import asked, at_noon, no_pause
from tests.kernel.lending import AddNote, Book, Borrow, GiveBack, Renew, allow, book, decide, evolve
from tests.simulation.planting import Bug, planted

WORLDS, COMMANDS, HOSTS = 40, 30, 3
WANTED: Sequence[type[Command]] = (Borrow, GiveBack, Renew, AddNote)
ACTORS = ("ann", "bob", None)


class Unreliable(MemoryEventStore):
    """A store that takes its time, loses answers, and loses writes before they are made."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        for _ in range(self.dice.randrange(3)):
            await asyncio.sleep(0)
        lost = self.dice.random()
        if lost < 0.1:
            raise OutcomeUnknown("lost before the write")
        written = await super().append(commits)
        await asyncio.sleep(0)
        if lost < 0.25:
            raise OutcomeUnknown("lost after the write")
        return written


@dataclass
class World:
    """Some hosts, whose clock goes on whenever one of them looks at it; what was asked, and what was told."""

    dice: random.Random
    moment: datetime = field(default_factory=at_noon)
    told: list[tuple[CommandRequest, Outcome]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    store: Unreliable = field(init=False)

    def __post_init__(self) -> None:
        self.store = Unreliable(self.dice)

    def now(self) -> datetime:
        self.moment += timedelta(days=self.dice.randrange(8), microseconds=1)
        return self.moment

    async def run(self) -> None:
        """Let clients ask side by side, each until it is told something."""
        hosts = [
            ApplicationService(book, self.store, self.now, no_pause, attempts=4)
            for _ in range(HOSTS)
        ]
        async with asyncio.TaskGroup() as clients:
            for number in range(COMMANDS):
                clients.create_task(self._ask(hosts, number))

    async def _ask(self, hosts: Sequence[ApplicationService], number: int) -> None:
        for _ in range(self.dice.randrange(12)):
            await asyncio.sleep(0)
        stream = StreamName("book", self.dice.choice(["emma", "ulysses"]))
        # Of some keys there are several copies, and of some two actors think that they are theirs.
        key, actor = str(number % (COMMANDS * 2 // 3)), self.dice.choice(ACTORS)
        request = asked(_wanted(key), key, stream)
        request = replace(
            request,
            metadata=replace(request.metadata, actor=actor, accepted=timestamp(self.moment)),
        )
        for _ in range(self.dice.randrange(1, 4)):
            await self._once(self.dice.choice(hosts), request)

    async def _once(self, host: ApplicationService, request: CommandRequest) -> None:
        for _ in range(10):
            try:
                self.told.append((request, await host.handle(request)))
            except CommandIdReused:
                # Two actors think that the key is theirs.
                return
            except (OutcomeUnknown, Conflict):
                continue
            except OnewriteError as error:
                self.met.append(repr(error))
            return


def _wanted(key: str) -> Command:
    """Give the command that is asked for under a key."""
    return WANTED[int(key) % len(WANTED)]()


def wrong(world: World) -> list[str]:
    """Name everything that must not be."""
    stored = {(one.stream, one.command_id): one for one in world.store.written}
    found = list(world.met)
    found += ["a command id stands twice"] if len(stored) < len(world.store.written) else []
    for stream in {one.stream for one in world.store.written}:
        found += _undecided([one for one in world.store.written if one.stream == stream])
    for request, outcome in world.told:
        own = stored.get((str(request.stream), request.command_id))
        if isinstance(outcome, Accepted):
            mine = outcome.commit.metadata.actor == request.metadata.actor
            found += [] if mine else [f"{request.command_id} was answered with another's"]
            found += [] if outcome.commit == own else [f"{request.command_id} is stored otherwise"]
        if isinstance(outcome, Forbidden | Refused):
            state = _state_at(world, request.stream, outcome.version)
            may = allow(request.metadata.actor, request.command, state)
            if may is isinstance(outcome, Forbidden):
                found.append(f"{request.command_id}: {outcome} for {request.metadata.actor}")
    return found


def _undecided(commits: Sequence[Commit]) -> list[str]:
    """Make every decision again, in the context that its commit records."""
    state, last, found = Book(), "", list[str]()
    for commit in sorted(commits, key=lambda one: one.version):
        events = tuple(book.decode(e.type, e.schema_number, e.data) for e in commit.events)
        actor, id_ = commit.metadata.actor, commit.command_id
        context = Context(datetime.fromisoformat(commit.time), actor, id_)
        command = _wanted(commit.command_id)
        place = f"{commit.stream}@{commit.version}"
        if decide(command, state, context) != events:
            found.append(f"{place} is not what is decided in its context")
        if not allow(context.actor, command, state):
            found.append(f"{place} was not allowed")
        if commit.time < last:
            found.append(f"{place} was decided before what it was decided on")
        last = commit.time
        for event in events:
            state = evolve(state, event)
    return found


def _state_at(world: World, stream: StreamName, version: int) -> Book:
    state = Book()
    own = [one for one in world.store.written if one.stream == str(stream)]
    for commit in sorted(own, key=lambda one: one.version):
        for number, recorded in enumerate(commit.events, commit.first):
            if number <= version:
                state = evolve(state, book.decode(recorded.type, 1, recorded.data))
    return state


async def run(seed: int) -> list[str]:
    world = World(random.Random(seed))
    await world.run()
    return wrong(world)


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_every_decision_stands_in_its_context(seed: int) -> None:
    assert await run(seed) == []


BATCH, SERVICE = "shared.kernel.commands.batch", "shared.kernel.commands.application_service"
BUGS = [
    Bug(
        "the actor of the first command stands for the whole batch",
        f"{BATCH}:decide_batch",
        "_decide(category, limits, loaded, request, time)",
        "_decide(category, limits, loaded, replace(request, metadata=requests[0].metadata), time)",
    ),
    Bug(
        "a decision is made for the first command of its batch",
        f"{BATCH}:decide_batch",
        "_decide(category, limits, loaded, request, time)",
        "_decide(category, limits, loaded, type('R', (), {'__getattr__': lambda _, name:"
        " getattr(requests[0] if name == 'context' else request, name)})(), time)",
    ),
    Bug(
        "a decision is made at the time at which it was asked for",
        f"{BATCH}:_decide",
        "request.context(time)",
        "request.context(request.metadata.accepted or time)",
    ),
    Bug(
        "a decision knows another time than its commit",
        "shared.kernel.commands.context:context_of",
        "datetime.fromisoformat(time)",
        "datetime.fromisoformat(time).replace(microsecond=0)",
    ),
    Bug(
        "a repeat is answered with a decision of its own time",
        f"{SERVICE}:ApplicationService._append",
        "return Collided()",
        "return Appended()",
    ),
    Bug(
        "a command whose answer was lost is dated anew where it is stored otherwise",
        f"{SERVICE}:_stored",
        "return Accepted(stored,",
        "return Accepted(replace(stored, time=getattr(written, 'time', stored.time)),",
    ),
    Bug(
        "whoever has the key is told what another was",
        f"{SERVICE}:_stored",
        "if not request.is_answered_by(stored):",
        "if False:",
    ),
    Bug(
        "a repeat in one batch is answered whoever asks",
        f"{SERVICE}:_accepted",
        "_stored(one, verdict.commit, None)",
        "Accepted(verdict.commit, repeated=True)",
    ),
    Bug(
        "a forbidden command is told so on a state that nobody has proven",
        f"{SERVICE}:ApplicationService._confirm",
        "isinstance(written, Appended) or (written is None and not newer)",
        "True",
    ),
    Bug(
        "nobody asks whether the actor may",
        f"{BATCH}:_allowed",
        "is_derived(request.command_id) or",
        "True or",
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug) -> None:
    with planted(bug):
        assert any(asyncio.run(run(seed)) for seed in range(WORLDS))
