"""What the kernel asks of the store of events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.stream import StreamName


@dataclass(frozen=True, slots=True)
class Found:
    """Commits in the order of their versions, whether there are `more`, and the request units that it took."""

    commits: Sequence[Commit]
    charge: float = field(default=0.0, compare=False)
    more: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Appended:
    """The commits are stored, all of them."""

    charge: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Collided:
    """A version or a command id was taken (by somebody, perhaps by ourselves); nothing new was stored."""

    charge: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """What the store takes in one write: so many commits, and so many bytes of them as `size_of` counts.

    A `message` of the log behind it holds so many bytes; a larger `state` does not ride in a commit.
    """

    commits: int
    bytes: int
    message: int
    state: int
    size_of: Callable[[Commit], int]


class EventReader(Protocol):
    """Streams of commits, for whoever only reads; every read sees every write that was answered before it."""

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        """Read a page of the commits that end after a version, at most `limit`, and fewer where these are large.

        Raises UnreadableCommit, StoreUnavailable, StoreThrottled. `pages` reads a whole stream.
        """
        ...


class EventStore(EventReader, Protocol):
    """Streams of commits."""

    @property
    def unique_command_ids(self) -> bool:
        """Whether the store itself takes a command id only once in a stream."""
        ...

    @property
    def limits(self) -> StoreLimits:
        """What the store takes in one write."""
        ...

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        """Read the last commits, of all or of those that end at a version or before it."""
        ...

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        """Read, in one request, the commits after a version and those of the commands, in order."""
        ...

    async def kept(self, stream: StreamName) -> KeptState | None:
        """Read the state that was kept beside the commits of a stream; it may be old, or missing."""
        ...

    async def keep(self, state: KeptState) -> None:
        """Keep a state in place of the last one of its stream; raises as the store does."""
        ...

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        """Store the commits of one stream, all or none; they follow one another.

        Raises OutcomeUnknown when that is all that can be said, StoreThrottled when nothing was stored.
        """
        ...
