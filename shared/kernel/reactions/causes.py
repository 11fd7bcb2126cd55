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
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.message import type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventStore
from shared.kernel.reactions.caused_commands import caused

BEHIND_EVERYTHING = 10**15
MOST = 500
"""So many commands are followed, and no more."""

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
        for _ in range(MOST):
            cause = await self._cause(commit)
            if cause is None:
                return commit
            commit = cause
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
        return found[0] if any(_is_of(one, commit) for one in caused_there) else None

    def _caused(self, found: Sequence[Commit], event_id: str) -> Iterator[CommandRequest]:
        for commit in found:
            for envelope in envelopes(commit):
                if envelope.id == event_id:
                    yield from caused(self._domain, envelope)
            yield from self._when_late(commit)

    def _when_late(self, commit: Commit) -> Iterator[CommandRequest]:
        """Give what a stream is told that has not gone on for too long since a commit."""
        category = StreamName.parse(commit.stream).category
        for deadline in self._domain.deadlines:
            if deadline.view.category.name == category:
                yield deadline.request(commit)

    async def of(self, commit: Commit, command: str | None = None) -> Effect:
        """Tell what followed from a commit, each effect once; raises as the store does."""
        # Nobody is shown a snapshot, and a tree holds many commits.
        effect = Effect(commit.stream, commit.command_id, command, replace(commit, snapshot=None))
        found: list[Effect] = []
        for request in chain.from_iterable(map(self._requests, envelopes(commit))):
            if self._left == 0:
                self.complete = False
                break
            self._left -= 1
            found.append(await self._effect(request))
        # Most deadlines are met: what nobody was told is no effect.
        late = [await self._effect(request) for request in self._when_late(commit)]
        found += [one for one in late if one.commit is not None]
        return replace(effect, caused=tuple(found))

    async def _effect(self, request: CommandRequest) -> Effect:
        ids = [request.command_id]
        stored = (await self._store.find(request.stream, BEHIND_EVERYTHING, ids)).commits
        name = type_name(type(request.command))
        if stored and _is_of(request, stored[0]):
            return await self.of(stored[0], name)
        return Effect(str(request.stream), request.command_id, name, None)

    def _requests(self, envelope: Envelope) -> Sequence[CommandRequest]:
        return list(caused(self._domain, envelope))


def _is_of(request: CommandRequest, commit: Commit) -> bool:
    return commit.command_id == request.command_id and request.is_answered_by(commit)


def drawn(effect: Effect, *, complete: bool) -> str:
    """Draw the tree as text, a line for each command."""
    lines = _lines(effect, 0)
    if not complete:
        lines.append(f"and so on: only {MOST} commands are followed")
    return "\n".join(lines) + "\n"


def _lines(effect: Effect, depth: int) -> list[str]:
    commit, by = effect.commit, effect.command or "a command"
    events = ", ".join(event.type for event in commit.events) if commit else "nothing so far"
    version = f"@{commit.version}" if commit else ""
    line = f"{'   ' * depth}{by} → {effect.stream}{version}: {events}"
    return [line, *chain.from_iterable(_lines(one, depth + 1) for one in effect.caused)]
