"""The feed of the store, the leases on it, and progress, in memory."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory.event_store import MemoryEventStore
from shared.kernel.delivery.feed_places import Stretch
from shared.kernel.ports import FeedPage, LeaseFault, StoredPosition

ALL = "-FF"
"""The range that holds every key."""


def key_of(stream: str) -> str:
    """Give the key by which the feed is cut: below 40, as in Cosmos DB."""
    return f"{zlib.crc32(stream.encode()) >> 2:08X}"


class MemoryFeed:
    """Gives what a store holds, in ranges; a position counts what was written before, in all of them."""

    def __init__(
        self, store: MemoryEventStore, page: int = 100, ranges: Sequence[str] = (ALL,)
    ) -> None:
        self._store = store
        self._page = page
        self.cut = list(ranges)

    async def ranges(self) -> list[str]:
        return list(self.cut)

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        first, beyond = Stretch.parse(range_)
        number, now = int(position or 0), self._store.clock()
        items: list[dict[str, Any]] = []
        ages: list[float] = []
        while number < len(self._store.written) and len(items) < (limit or self._page):
            commit = self._store.written[number]
            if first <= key_of(commit.stream) < beyond:
                items.append(to_item(commit))
                ages.append(now - self._store.taken_at[number])
            number += 1
        return FeedPage(items, str(number), ages)

    async def time(self) -> float:
        return self._store.clock()


class MemoryLeases:
    """Where a publisher has come, and what is wrong with its leases, as a test says."""

    def __init__(self) -> None:
        self.position: str | None = None
        self.wrong: list[LeaseFault] = []

    async def reached(self) -> Mapping[str, str | None]:
        return {ALL: self.position}

    async def faults(self) -> Sequence[LeaseFault]:
        return self.wrong


class MemoryProgress:
    """Keeps positions by name."""

    def __init__(self) -> None:
        self.positions: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._writes = 0

    async def read(self, name: str) -> str | None:
        return self.positions.get(name)

    async def read_all(self, names: Sequence[str]) -> Mapping[str, str]:
        return {name: self.positions[name] for name in names if name in self.positions}

    async def write(self, name: str, position: str) -> None:
        self._writes += 1
        self.positions[name] = position
        self._tags[name] = str(self._writes)

    async def find(self, name: str) -> StoredPosition | None:
        if name not in self.positions:
            return None
        return StoredPosition(self.positions[name], self._tags[name])

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        if self._tags.get(name) != replacing:
            return None
        await self.write(name, position)
        return self._tags[name]
