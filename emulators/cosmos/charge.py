"""Request units, by the published table of sizes ("Understand request unit consumption"), interpolated.

What a query, a feed and a failure cost is not published.
"""

from bisect import bisect_left

_KB = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
_READ = (1.0, 1.04, 1.14, 1.33, 1.67, 2.19, 4.76, 9.95, 20.28, 40.95, 145.9, 291.8)
_WRITE = (4.95, 6.29, 6.67, 7.04, 9.52, 11.23, 22.67, 48.19, 98.29, 184.57, 625.0, 1250.0)

REPLACE_EXTRA = 5.0
QUERY_BASE = 2.3  # guessed
QUERY_DOCUMENT = 0.05  # guessed
FEED_BASE = 1.0  # guessed
FEED_DOCUMENT = 0.1  # guessed
FAILURE = 1.0  # guessed
NOTHING_NEW = 1.0  # guessed


def read(size: int) -> float:
    """Charge a point read of so many bytes."""
    return _interpolate(size, _READ)


def write(size: int) -> float:
    """Charge the creation of an item of so many bytes."""
    return _interpolate(size, _WRITE)


def query(documents: int) -> float:
    """Charge a page of a query that looked at so many documents."""
    return QUERY_BASE + QUERY_DOCUMENT * documents


def feed(documents: int) -> float:
    """Charge a page of the change feed."""
    return FEED_BASE + FEED_DOCUMENT * documents if documents else NOTHING_NEW


def _interpolate(size: int, table: tuple[float, ...]) -> float:
    kilobytes = size / 1024
    place = bisect_left(_KB, kilobytes)
    if place == 0:
        return table[0]
    if place == len(_KB):
        return table[-1]
    low, high = _KB[place - 1], _KB[place]
    share = (kilobytes - low) / (high - low)
    return table[place - 1] + share * (table[place] - table[place - 1])
