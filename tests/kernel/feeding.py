"""Entries of feeds, for tests."""

from shared.kernel.feeds.page import Entry


def entry(stream: str, version: int, *, events: int = 1, size: int = 100) -> Entry:
    """Return what one event gives to a feed: so many public events, of so many bytes."""
    public = [{"id": f"{stream}@{version}/{number}"} for number in range(events)]
    return Entry(stream, version, public, size)


def entries(stream: str, first: int, last: int) -> list[Entry]:
    """Return what some events of a stream give."""
    return [entry(stream, version) for version in range(first, last + 1)]
