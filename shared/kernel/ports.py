"""What the kernel needs of the world. Each port has an adapter and a memory twin, held to one contract."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.delivery.parking import Decision, Parked
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.notification import Notification, Unwanted
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey


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


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row and the tag that a writer must name to replace it."""

    row: Row
    tag: str


ROWS = 100
"""So many rows of a key fit on a page."""


class RowReader(Protocol):
    """The rows of the views, for those who only ask."""

    async def read(self, at: RowKey) -> StoredRow | None:
        """Read one row, as last written."""
        ...

    async def versions(self, places: Sequence[RowKey]) -> Mapping[RowKey, int]:
        """Read the versions of many rows in few requests; those that are not there are missing."""
        ...

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        """Read a page of the rows of one key behind a stream, in the order of their streams."""
        ...

    async def shows(self, view: str, key: str, version: int) -> bool:
        """Tell whether a row of one key has seen a version."""
        ...

    async def page(self, listing: Listing) -> list[Row]:
        """Read the next rows of a view, at most as many as the listing asks for."""
        ...


class Rows(RowReader, Protocol):
    """The rows of the views."""

    async def write(self, row: Row, replacing: str | None) -> bool:
        """Create a row, or replace the one with the tag; False when somebody else was first."""
        ...

    async def delete(self, at: RowKey) -> None:
        """Delete a row, if it is there."""
        ...


@dataclass(frozen=True, slots=True)
class StoredParked:
    """A marker and the tag that it must still have to be deleted."""

    marker: Parked
    tag: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Items of the store in the order in which they were written, and where to go on.

    `ages` says for how many seconds the store has had each of them, by its own clock: no host's counts.
    """

    items: Sequence[Mapping[str, Any]]
    position: str | None
    ages: Sequence[float]


class Feed(Protocol):
    """Everything that was ever written to the store, range by range."""

    async def ranges(self) -> list[str]:
        """Name the ranges as they are cut now: `first-beyond`, stretches of the keys by which the store sorts."""
        ...

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        """Read a page of a range or of a stretch within one, from its beginning or from a position on.

        A page has at most `limit` items, unless they were written together. Raises as the store does.
        """
        ...


@dataclass(frozen=True, slots=True)
class LeaseFault:
    """What is wrong with the leases, and what mends it."""

    wrong: str
    mend: str


class Leases(Protocol):
    """Where the publisher has come in the feed."""

    async def reached(self) -> Mapping[str, str | None]:
        """Tell for each stretch the position behind which nothing is published yet; raises as the store does."""
        ...

    async def faults(self) -> Sequence[LeaseFault]:
        """Tell why the publisher does not read all of the feed, or none of it; raises as the store does."""
        ...


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """A position and the tag that a writer must name to replace it."""

    position: str
    tag: str


class Progress(Protocol):
    """How far slow work has come."""

    async def read(self, name: str) -> str | None:
        """Read a position; None before the first."""
        ...

    async def write(self, name: str, position: str) -> None:
        """Note a position."""
        ...

    async def find(self, name: str) -> StoredPosition | None:
        """Read a position as it is to be replaced; None before the first."""
        ...

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        """Note a first position, or one in place of that with the tag.

        Returns the new tag; None when somebody else was first.
        """
        ...


MARKERS = 100
"""So many markers fit on a page."""


class Parking(Protocol):
    """The markers of parked streams, and what operators decided about them."""

    async def park(self, marker: Parked) -> None:
        """Park a stream, or note what it was seen up to if it is parked already."""
        ...

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        """Note what a parked stream was seen up to; False when it is not parked (any more)."""
        ...

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        """Find the marker of a stream, with its envelope."""
        ...

    async def held(self, consumer: str, streams: Collection[str]) -> Mapping[str, int]:
        """Tell which of some streams are parked, and from which version on."""
        ...

    async def parked(self, consumer: str, after: str = "", limit: int = MARKERS) -> list[Parked]:
        """Read a page of the markers of a consumer behind a stream, in order, without their envelopes."""
        ...

    async def count(self, consumer: str) -> int:
        """Count the streams that are parked for a consumer."""
        ...

    async def move(self, parked: StoredParked, marker: Parked) -> bool:
        """Put a marker of the same stream in place of another; False when that has changed meanwhile."""
        ...

    async def unpark(self, parked: StoredParked) -> bool:
        """Delete a marker; False when it has changed meanwhile."""
        ...

    async def decide(self, decision: Decision) -> None:
        """Keep what an operator decided."""
        ...

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        """Read what operators decided about a stream."""
        ...


class Outcomes(Protocol):
    """The final outcomes of commands that left no commit; each is written once."""

    async def read(self, stream: str, command_id: str) -> FinalOutcome | None:
        """Read what became of a command; None when nothing is kept of it."""
        ...

    async def write(self, outcome: FinalOutcome) -> None:
        """Keep an outcome, unless there is one for the command already."""
        ...


class Receipts(Protocol):
    """What was received first under every key of others; none is ever written over."""

    async def first(self, key: str, digest: str) -> str:
        """Keep the digest of what is received, unless there is one for the key; returns the first."""
        ...


class Log(Protocol):
    """The log that consumers read; what is sent to one partition stays in order."""

    @property
    def partitions(self) -> int:
        """How many partitions the log has."""
        ...

    @property
    def largest(self) -> int:
        """How many bytes a message may have."""
        ...

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        """Append messages to a partition, in order; raises LogUnavailable, EventTooLarge.

        After an error any of them may be in the log.
        """
        ...


class NumberedMessage(NamedTuple):
    """A message of the log and its number in its partition: the next one has the next number."""

    number: int
    body: bytes


class LogReader(Protocol):
    """What the log holds, for those who only ask."""

    async def check(self, partitions: int) -> None:
        """Compare the hub with the number of its partitions; raises ConfigurationError, LogUnavailable."""
        ...

    async def extents(self) -> Sequence[tuple[int, int]]:
        """Returns first and last number of each partition (empty: last < first); raises LogUnavailable."""
        ...

    async def time_after(self, partition: int, sequence: int) -> datetime | None:
        """Give the time at which the log took the message behind a sequence number; raises LogUnavailable."""
        ...

    async def read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        """Read messages behind a number that is not the last; raises LogUnavailable.

        Begins with the first that the log still holds, and may give fewer than there are.
        """
        ...


class Notifier(Protocol):
    """The topic that tells others; it promises no order, and may tell twice."""

    @property
    def largest(self) -> int:
        """How many bytes a notification may have."""
        ...

    async def publish(self, notifications: Sequence[Notification]) -> Sequence[Unwanted]:
        """Publish, in as few requests as hold it; returns those that are refused for good.

        Raises NotificationTooLarge (none is published), NotifierUnavailable (any of them may be).
        """
        ...
