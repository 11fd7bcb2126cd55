"""The pages of a feed: what fits on one, and when it is full. A full page is closed for ever."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """All that one event of a stream gives to a feed, as CloudEvents: it is on one page or on none."""

    stream: str
    version: int
    events: Sequence[Mapping[str, Any]]
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a chain, whose first is 1.

    That the first `noted` of its entries are in the chain is noted for their streams; what was appended last may
    not be, and is noted before anything else is appended.
    """

    chain: str
    number: int
    entries: tuple[Entry, ...] = ()
    closed: bool = False
    noted: int = 0

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """What readers see."""
        return [event for entry in self.entries for event in entry.events]

    @property
    def size(self) -> int:
        """How many bytes its events have."""
        return sum(entry.size for entry in self.entries)

    @property
    def unnoted(self) -> Mapping[str, int]:
        """The version that each stream has come to in what was appended last."""
        return versions(self.entries[self.noted :])


def versions(entries: Iterable[Entry]) -> Mapping[str, int]:
    """Give the last version of each stream; later entries of a stream have later versions."""
    return {entry.stream: entry.version for entry in entries}


def appended(page: Page, entries: Sequence[Entry], largest: int) -> tuple[Page, Sequence[Entry]]:
    """Append as much as fits into so many bytes, and return what is left, which closes the page."""
    fitting = _fitting(page, entries, largest)
    whole = (*page.entries, *entries[:fitting])
    filled = replace(page, entries=whole, noted=len(page.entries))
    left = entries[fitting:]
    closed = bool(left) or len(filled.events) >= MOST_EVENTS
    return replace(filled, closed=closed), left


def _fitting(page: Page, entries: Sequence[Entry], largest: int) -> int:
    counts = accumulate((len(entry.events) for entry in entries), initial=len(page.events))
    sizes = accumulate((entry.size for entry in entries), initial=page.size)
    behind = list(zip(counts, sizes, strict=True))[1:]
    fitting = sum(events <= MOST_EVENTS and bytes_ <= largest for events, bytes_ in behind)
    # An empty page takes whatever comes first: nothing would ever fit otherwise.
    return fitting if page.entries else max(fitting, min(1, len(entries)))


def unseen(entries: Iterable[Entry], known: Mapping[str, int]) -> list[Entry]:
    """Leave out what is in the chain already, and what comes twice."""
    left, reached = list[Entry](), dict(known)
    for entry in entries:
        if entry.version > reached.get(entry.stream, 0):
            reached[entry.stream] = entry.version
            left.append(entry)
    return left
