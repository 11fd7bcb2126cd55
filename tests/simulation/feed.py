"""The change feed as one host pulls it: every page is a call, and may go wrong."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import (
    FeedPage,
)
from tests.simulation.calls import Calls, store_failed
from tests.simulation.cloud import BOUNDS, Cloud

HOUR = timedelta(hours=1)
PAGE, HURRIED = 20, 6


@dataclass
class SimFeed:
    """The change feed as it is pulled, by ranges that split and merge; the items of a page in any order."""

    calls: Calls
    cloud: Cloud

    async def ranges(self) -> list[str]:
        return await self.calls.call("feed ranges", self._ranges, store_failed(self.calls))

    async def _ranges(self) -> list[str]:
        weather, bound = self.calls.weather, self.calls.weather.dice.choice(BOUNDS)
        if weather.strikes(self.calls.host, "another cut", weather.cuts, f"feed-{bound}"):
            self.cloud.bounds ^= {bound}
        return self.cloud.cut()

    async def time(self) -> float:
        return await self.calls.call(
            "feed time", self.cloud.feed(PAGE).time, store_failed(self.calls)
        )

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        read = lambda: self._read(range_, position, limit)  # noqa: E731
        name = f"feed {range_} from {position or 0}"
        return await self.calls.call(name, read, store_failed(self.calls))

    async def _read(self, range_: str, position: str | None, limit: int | None) -> FeedPage:
        most = HURRIED if self.cloud.hurried else PAGE
        page = await self.cloud.feed(most).read(range_, position, limit)
        found = list(zip(map(_skewed, page.items), page.ages, strict=True))
        self.calls.weather.dice.shuffle(found)
        return replace(page, items=[item for item, _ in found], ages=[age for _, age in found])


def _skewed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Date an item as its writer did, of which one in four has a clock that is an hour ahead."""
    metadata = item["metadata"]
    ahead = HOUR * (zlib.crc32(f"{item['stream']}@{item['id']}".encode()) % 4 == 0)
    time = timestamp(datetime.fromisoformat(metadata["time"]) + ahead)
    return {**item, "metadata": {**metadata, "time": time}}
