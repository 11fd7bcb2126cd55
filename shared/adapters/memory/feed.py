"""The feed of the store, the leases on it, and progress, in memory."""

from shared.adapters.cosmos.codec import to_item
from shared.adapters.memory.event_store import MemoryEventStore
from shared.kernel.ports import FeedPage


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

    async def read(self, name: str) -> str | None:
        return self.positions.get(name)

    async def write(self, name: str, position: str) -> None:
        self.positions[name] = position
