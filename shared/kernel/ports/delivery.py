"""What the kernel asks of what consumers keep: progress, markers of parked streams, outcomes, receipts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.commands.outcome import Fate, FinalOutcome
from shared.kernel.delivery.parking import Decision, Parked


@dataclass(frozen=True, slots=True)
class StoredParked:
    """A marker and the tag that it must still have to be deleted."""

    marker: Parked
    tag: str


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

    async def read_all(self, names: Sequence[str]) -> Mapping[str, str]:
        """Read many positions in few requests; those before the first are missing."""
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

    async def fate(self, stream: str, command_id: str, digest: str, fate: Fate) -> Fate:
        """Keep whether a command is decided or cancelled, unless that is kept already; returns what is kept."""
        ...


class Receipts(Protocol):
    """What was received first under every key of others; none is ever written over."""

    async def first(self, key: str, digest: str) -> str:
        """Keep the digest of what is received, unless there is one for the key; returns the first."""
        ...
