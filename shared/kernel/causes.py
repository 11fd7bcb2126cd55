"""What followed from a command: its events, what they caused, and so on; found again by the ids that causes give.

No index holds it: reactions are pure and their ids derived, so whoever knows an event knows where to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from shared.kernel.commit import Commit
from shared.kernel.domain import Domain
from shared.kernel.envelope import Envelope, envelopes
from shared.kernel.errors import InvalidMessage
from shared.kernel.message import type_name
from shared.kernel.ports import EventStore
from shared.kernel.reactions import caused
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName

BEHIND_EVERYTHING = 10**15
MOST = 500
"""So many commands are followed, and no more."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A command, its commit if it left one, and what that caused; `command` is not known of a client's."""

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

    async def root(self, commit: Commit) -> Commit:
        """Go back from a commit to the one from which everything followed; raises as the store does."""
        for _ in range(MOST):
            stream, at, version = commit.metadata.causation_id.rpartition("@")
            if not at or not version.isdecimal():
                return commit
            try:
                cause = StreamName.parse(stream)
            except InvalidMessage:
                # It began with an event of others, or with a client's key: either may look like an event's id.
                return commit
            found = await self._store.read(cause, int(version) - 1, limit=1)
            if not found.commits:
                return commit
            commit = found.commits[0]
        return commit

    async def of(self, commit: Commit, command: str | None = None) -> Effect:
        """Tell what followed from a commit, each effect once; raises as the store does."""
        effect = Effect(commit.stream, commit.command_id, command, commit)
        found: list[Effect] = []
        for request in chain.from_iterable(map(self._requests, envelopes(commit))):
            if self._left == 0:
                break
            self._left -= 1
            found.append(await self._effect(request))
        return replace(effect, caused=tuple(found))

    async def _effect(self, request: CommandRequest) -> Effect:
        ids = [request.command_id]
        stored = (await self._store.find(request.stream, BEHIND_EVERYTHING, ids)).commits
        name = type_name(type(request.command))
        if stored:
            return await self.of(stored[0], name)
        return Effect(str(request.stream), request.command_id, name, None)

    def _requests(self, envelope: Envelope) -> Sequence[CommandRequest]:
        return list(caused(self._domain, envelope, envelope.time))


def told(effect: Effect, depth: int = 0) -> list[str]:
    """Draw the tree as text, a line for each command."""
    events = [event.type for event in effect.commit.events] if effect.commit else ["nothing"]
    version = f"@{effect.commit.version}" if effect.commit else ""
    by = effect.command or "a command"
    line = f"{'   ' * depth}{by} → {effect.stream}{version}: {', '.join(events)}"
    return [line, *chain.from_iterable(told(one, depth + 1) for one in effect.caused)]
