"""The pages of feeds in memory."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping

from shared.adapters.size_limits import LARGEST_PAGE, LARGEST_WRITE
from shared.kernel.errors import StoreRefused
from shared.kernel.feeds.page import Page
from shared.kernel.ports import StoredPage


class MemoryFeedPages:
    """Keeps pages with a tag that changes with every write."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, int], StoredPage] = {}
        self._reached: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._writes = 0

    @property
    def largest(self) -> int:
        return LARGEST_PAGE

    async def last(self, chain: str) -> int:
        return max((number for one, number in self.pages if one == chain), default=0)

    async def read(
        self,
        chain: str,
        number: int,
        known: StoredPage | None = None,  # noqa: ARG002 - what is known is the same object
    ) -> StoredPage | None:
        return self.pages.get((chain, number))

    async def write(self, page: Page, replacing: str | None) -> str | None:
        size = sum(len(json.dumps(event)) for event in page.events)
        if size > LARGEST_WRITE:
            raise StoreRefused(f"a page of {size} bytes")
        stored = self.pages.get((page.chain, page.number))
        if (stored.tag if stored else None) != replacing:
            return None
        self._writes += 1
        self.pages[page.chain, page.number] = StoredPage(page, str(self._writes))
        return str(self._writes)

    async def reached(self, chain: str, streams: Collection[str]) -> Mapping[str, int]:
        known = self._reached[chain]
        return {stream: known[stream] for stream in streams if stream in known}

    async def note(self, chain: str, reached: Mapping[str, int]) -> None:
        known = self._reached[chain]
        for stream, version in reached.items():
            known[stream] = max(version, known.get(stream, 0))
