"""What the kernel asks of the change feed, and of the leases on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


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

    async def time(self) -> float:
        """Tell the time by the clock of the store, in seconds; raises as the store does."""
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
