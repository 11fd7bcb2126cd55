"""The application service: load, fold, decide, append; `command -> event*` with optimistic concurrency."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.category import Category, record
from shared.kernel.commit import Commit, check_contiguous
from shared.kernel.decider import Decision, Refusal
from shared.kernel.errors import CommandIdReused, Conflict, OutcomeUnknown
from shared.kernel.outcome import Accepted, Outcome, Refused, Unchanged
from shared.kernel.ports import Appended, EventStore
from shared.kernel.request import CommandRequest


@dataclass(frozen=True, slots=True)
class Loaded:
    """A state and the version of the stream that it was folded from."""

    state: Any
    version: int


@dataclass(frozen=True, slots=True)
class ApplicationService:
    """Handles the commands of one category; `pause` waits before the nth new attempt."""

    category: Category
    store: EventStore
    pause: Callable[[int], Awaitable[None]]
    attempts: int = 10

    async def handle(self, request: CommandRequest) -> Outcome:
        """Decide a command and make its one write.

        Raises Conflict when others were faster in every attempt, CommandIdReused, and what the store raises.
        """
        loaded = self._fold(self._initial(), await self.store.read(request.stream))
        for attempt in range(1, self.attempts + 1):
            outcome, found = await self._attempt(request, loaded)
            if outcome is not None:
                return outcome
            loaded = self._fold(loaded, found)
            await self.pause(attempt)
        raise Conflict(f"{request.stream}: {self.attempts} attempts met other writers")

    async def _attempt(
        self, request: CommandRequest, loaded: Loaded
    ) -> tuple[Outcome | None, Sequence[Commit]]:
        """Try once: an outcome, or what others have stored meanwhile."""
        decision = self.category.decider.decide(request.command, loaded.state)
        commit = None if _is_negative(decision) else _commit(request, loaded.version, decision)
        if commit is not None and await self._append(request, commit):
            return Accepted(commit, repeated=False), ()
        # A collision is a question, and a refusal proves nothing: both ask what is stored by now.
        found = await self.store.find(request.stream, loaded.version, [request.command_id])
        for stored in found:
            if stored.command_id == request.command_id:
                return _answer(request, stored, commit), ()
        newer = [stored for stored in found if stored.version > loaded.version]
        if newer or commit is not None:
            return None, newer
        return _negative(decision, loaded.version), ()

    async def _append(self, request: CommandRequest, commit: Commit) -> bool:
        try:
            return isinstance(await self.store.append([commit]), Appended)
        except OutcomeUnknown:
            # Whatever is stored in its place settles the question: a place is taken once.
            if await self.store.find(request.stream, commit.first - 1, [commit.command_id]):
                return False
            raise

    def _initial(self) -> Loaded:
        return Loaded(self.category.decider.initial_state, 0)

    def _fold(self, loaded: Loaded, commits: Sequence[Commit]) -> Loaded:
        check_contiguous(loaded.version, commits)
        recorded = [event for commit in commits for event in commit.events]
        events = (
            self.category.decode(event.type, event.schema_number, event.data) for event in recorded
        )
        state = self.category.decider.fold(loaded.state, events)
        return Loaded(state, loaded.version + len(recorded))


def _is_negative(decision: Decision[Any]) -> bool:
    return isinstance(decision, Refusal) or not decision


def _negative(decision: Decision[Any], version: int) -> Outcome:
    return Refused(decision, version) if isinstance(decision, Refusal) else Unchanged(version)


def _commit(request: CommandRequest, version: int, decision: Decision[Any]) -> Commit:
    events = tuple(record(event) for event in decision) if isinstance(decision, tuple) else ()
    return Commit(
        stream=str(request.stream),
        version=version + len(events),
        command_id=request.command_id,
        command_digest=request.digest,
        events=events,
        metadata=request.metadata,
    )


def _answer(request: CommandRequest, stored: Commit, written: Commit | None) -> Outcome:
    if stored.command_digest != request.digest:
        raise CommandIdReused(
            f"{request.stream}: command id '{request.command_id}' stands for another command"
        )
    return Accepted(stored, repeated=stored != written)
