"""The feed of the store, the leases on it, and progress, in memory."""

from shared.adapters.memory.event_store import MemoryEventStore
from shared.kernel.messages.commit import to_item
from shared.kernel.ports import FeedPage, StoredPosition


class MemoryFeed:
    """Gives what a store holds as one range."""

    def __init__(self, store: MemoryEventStore, page: int = 100) -> None:
        self._store = store
        self._page = page

    async def ranges(self) -> list[str]:
        return ["all"]

    async def read(self, range_: str, position: str | None) -> FeedPage:
        start = int(position or 0)
        items = [to_item(commit) for commit in self._store.written[start : start + self._page]]
        return FeedPage(items, str(start + len(items)) if range_ == "all" else None)


class MemoryLeases:
    """Where a publisher has come, as a test says."""

    def __init__(self) -> None:
        self.position: str | None = None

    async def reached(self) -> dict[str, str | None]:
        return {"all": self.position}


class MemoryProgress:
    """Keeps positions by name."""

    def __init__(self) -> None:
        self.positions: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._writes = 0

    async def read(self, name: str) -> str | None:
        return self.positions.get(name)

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
