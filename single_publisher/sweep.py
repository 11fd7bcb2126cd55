"""The sweep: the slow check behind the publisher that proves delivery, and mends it.

What was written some minutes ago must be in the rows by now; what is not is sent to the log again.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.cosmos.codec import from_item
from shared.kernel.commands.category import Category
from shared.kernel.errors import InvalidMessage, Poison
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Feed, Parking, Progress, RowReader
from shared.kernel.views.view import RowKey, View
from single_publisher.publish import Publisher


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has seen: commits that it proved, streams that it had to mend."""

    proven: int
    mended: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Goes over the feed from its own place, as far as `age` behind the present."""

    feed: Feed
    progress: Progress
    rows: RowReader
    parking: Parking
    publisher: Publisher
    views: Sequence[View[Any]]
    consumers: Sequence[str]
    now: Callable[[], datetime]
    age: timedelta

    async def run(self, seconds: float) -> Swept:
        """Sweep for a while; the place is kept after every page, so the next run goes on there."""
        deadline = time.monotonic() + seconds
        proven, mended = 0, list[str]()
        for range_ in await self.feed.ranges():
            name = f"sweep:{hashlib.sha256(range_.encode()).hexdigest()[:16]}"
            position = await self.progress.read(name)
            while time.monotonic() < deadline:
                page = await self.feed.read(range_, position)
                if not page.items or page.position is None or not self._is_old(page.items):
                    break
                commits = _last(page.items)
                mended += [stream for stream in commits if await self._mend(commits[stream])]
                proven += len(page.items)
                position = page.position
                await self.progress.write(name, position)
        return Swept(proven, mended)

    def _is_old(self, items: Sequence[Mapping[str, Any]]) -> bool:
        limit = timestamp(self.now() - self.age)
        return all(item.get("metadata", {}).get("time", "") <= limit for item in items)

    async def _mend(self, commit: Commit) -> bool:
        """Send a stream again from the first version that a row lacks; False when none lacks any."""
        stream = StreamName.parse(commit.stream)
        seen = await self._seen(stream, commit)
        if seen >= commit.version or await self._is_parked(commit.stream):
            return False
        try:
            await self.publisher.replay(stream, seen + 1)
        except Poison as poison:
            await self.publisher.park(poison)
        return True

    async def _seen(self, stream: StreamName, commit: Commit) -> int:
        """Give the version that every row of a stream has seen; a stream without a view needs no proof."""
        seen = commit.version
        for view in self.views:
            if view.category.name == stream.category:
                try:
                    at = _row(view, view.category, stream, commit)
                except InvalidMessage:
                    # Nobody has parked it, so nobody has seen it.
                    return commit.first - 1
                stored = await self.rows.read(at)
                seen = min(seen, stored.row.version if stored else 0)
        return seen

    async def _is_parked(self, stream: str) -> bool:
        for consumer in self.consumers:
            if await self.parking.find(consumer, stream) is not None:
                return True
        return False


def _row(view: View[Any], category: Category, stream: StreamName, commit: Commit) -> RowKey:
    last = commit.events[-1]
    event = category.decode(last.type, last.schema_number, last.data)
    return RowKey(view.name, view.key(stream, event), str(stream))


def _last(items: Sequence[Mapping[str, Any]]) -> dict[str, Commit]:
    """Give the last commit of each stream on a page; what is none is the publisher's to park."""
    commits: dict[str, Commit] = {}
    for item in items:
        try:
            commit = from_item(item)
        except InvalidMessage:
            continue
        known = commits.get(commit.stream)
        if known is None or known.version < commit.version:
            commits[commit.stream] = commit
    return commits
