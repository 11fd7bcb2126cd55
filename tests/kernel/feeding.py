"""Entries of feeds, for tests."""

from shared.kernel.feeds.page import Entry
from tests.kernel.asking import NOON

TYPE = "onewrite.order.confirmed.v1"


def entry(
    stream: str, version: int, *, events: int = 1, size: int = 100, time: str = NOON
) -> Entry:
    """Return what one event gives to a feed: so many public events, as if of so many bytes."""
    public = [
        {
            "specversion": "1.0",
            "id": f"{stream}@{version}/{number}",
            "source": "/onewrite/order",
            "type": TYPE,
            "subject": stream,
            "time": time,
            "sequence": version,
            "data": {"orderId": stream, "what": "<é>\u000b"},
        }
        for number in range(events)
    ]
    return Entry(stream, version, public, size)


def entries(stream: str, first: int, last: int) -> list[Entry]:
    """Return what some events of a stream give."""
    return [entry(stream, version) for version in range(first, last + 1)]
