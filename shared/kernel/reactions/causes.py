"""What followed from a command: its events, what they caused, and so on; found again by the ids that causes give.

No index holds it: reactions are pure and their ids derived, so whoever knows an event knows where to look.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from shared.kernel.commands.request import CommandRequest
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage, UnknownMessage
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.derived_id import reaction_name
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.message import type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventStore
from shared.kernel.reactions.caused_commands import caused
from shared.kernel.reactions.deadline import Deadline

BEHIND_EVERYTHING = 10**15
FURTHER = 100
"""So many commits of a stream are looked through for what a deadline made of it."""
MOST = 500
"""So many commands are followed, and no more."""
DEEPEST = 50
"""So deep a tree is followed, and half as far back: what is nested deeper cannot be written as JSON."""

_EVENT = re.compile(r"(?P<stream>.+)@(?P<version>[1-9][0-9]{0,14})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Effect:
    """A command, its commit if it left one (so far), and what that caused; `command` is not known of a client's.

    What came to nothing leaves no trace: it looks like what is still on its way.
    """

    stream: str
    command_id: str
    command: str | None
    commit: Commit | None
    caused: Sequence["Effect"] = field(default=())


class Causes:
    """Follows causes through the streams of a domain."""

    def __init__(self, domain: Domain, store: EventStore) -> None:
        self._domain = domain
        self._store = store
        self._left = MOST
        self.complete = True
        """Whether everything was followed so far."""

    async def root(self, commit: Commit) -> Commit:
        """Go back from a commit to the one from which everything followed; raises as the store does."""
        for _ in range(DEEPEST // 2):
            cause = await self._cause(commit)
            if cause is None:
                return commit
            commit = cause
        self.complete = False
        return commit

    async def _cause(self, commit: Commit) -> Commit | None:
        """Find the commit that caused another, if its event does cause such a command.

        Clients name commands as they like, and an event too: only the id tells what an event has caused.
        """
        cause = _EVENT.fullmatch(commit.metadata.causation_id)
        if cause is None:
            return None
        try:
            stream = StreamName.parse(cause["stream"])
            found = (await self._store.read(stream, int(cause["version"]) - 1, limit=1)).commits
            caused_there = list(self._caused(found, commit.metadata.causation_id))
        except (InvalidMessage, UnknownMessage):
            return None
        is_of_it = self._late(commit) is not None or any(_is_of(c, commit) for c in caused_there)
        return found[0] if found and is_of_it else None

    def _caused(self, found: Sequence[Commit], event_id: str) -> Iterator[CommandRequest]:
        for commit in found:
            for envelope in envelopes(commit):
                if envelope.id == event_id:
                    yield from caused(self._domain, envelope)

    def _late(self, commit: Commit) -> Deadline | None:
        """Find the deadline that a commit was made at: its name can be no client's."""
        category, actor = StreamName.parse(commit.stream).category, commit.metadata.actor
        own = (one for one in self._domain.deadlines if one.view.category.name == category)
        return next((one for one in own if reaction_name(one.name) == actor), None)

    async def _when_late(self, commit: Commit, depth: int) -> Sequence[Effect]:
        """Tell what deadlines made of a stream, of the last of which a commit was the cause."""
        stream = StreamName.parse(commit.stream)
        if all(one.view.category.name != stream.category for one in self._domain.deadlines):
            return ()
        found = await self._store.read(stream, commit.version, limit=FURTHER)
        events = {envelope.id for envelope in envelopes(commit)}
        late = [
            (deadline, one)
            for one in found.commits
            if (deadline := self._late(one)) and one.metadata.causation_id in events
        ]
        followed = late[: self._left]
        self._left -= len(followed)
        self.complete = self.complete and followed == late and not (found.more and not late)
        return [
            await self.of(one, type_name(deadline.command), depth) for deadline, one in followed
        ]

    async def of(self, commit: Commit, command: str | None = None, depth: int = 0) -> Effect:
        """Tell what followed from a commit, each effect once; raises as the store does."""
        # Nobody is shown a snapshot, and a tree holds many commits.
        effect = Effect(commit.stream, commit.command_id, command, replace(commit, snapshot=None))
        if depth == DEEPEST:
            self.complete = False
            return effect
        found: list[Effect] = []
        for request in chain.from_iterable(map(self._requests, envelopes(commit))):
            if self._left == 0:
                self.complete = False
                break
            self._left -= 1
            found.append(await self._effect(request, depth + 1))
        return replace(effect, caused=(*found, *await self._when_late(commit, depth + 1)))

    async def _effect(self, request: CommandRequest, depth: int) -> Effect:
        ids = [request.command_id]
        stored = (await self._store.find(request.stream, BEHIND_EVERYTHING, ids)).commits
        name = type_name(type(request.command))
        if stored and _is_of(request, stored[0]):
            return await self.of(stored[0], name, depth)
        return Effect(str(request.stream), request.command_id, name, None)

    def _requests(self, envelope: Envelope) -> Sequence[CommandRequest]:
        return list(caused(self._domain, envelope))


def _is_of(request: CommandRequest, commit: Commit) -> bool:
    return commit.command_id == request.command_id and request.is_answered_by(commit)


def drawn(effect: Effect, *, complete: bool) -> str:
    """Draw the tree as text, a line for each command."""
    lines = _lines(effect, 0)
    if not complete:
        lines.append(f"and so on: only {MOST} commands are followed, {DEEPEST} deep")
    return "\n".join(lines) + "\n"


def _lines(effect: Effect, depth: int) -> list[str]:
    commit, by = effect.commit, effect.command or "a command"
    events = ", ".join(event.type for event in commit.events) if commit else "nothing so far"
    version = f"@{commit.version}" if commit else ""
    line = f"{'   ' * depth}{by} → {effect.stream}{version}: {events}"
    return [line, *chain.from_iterable(_lines(one, depth + 1) for one in effect.caused)]
