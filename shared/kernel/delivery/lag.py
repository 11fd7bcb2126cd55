"""Lag: how far each stage is behind the one before it, partition by partition, in events and in seconds."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.kernel.ports import Feed, Leases, LogReader, Progress

MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Lag:
    """`events` wait for a stage, the oldest for `seconds`; `at_least` when nobody counted further."""

    stage: str
    partition: str
    events: int
    seconds: float
    at_least: bool = False


async def feed_lag(
    stage: str, feed: Feed, leases: Leases, now: datetime, most_pages: int = MOST_PAGES
) -> list[Lag]:
    """Count what the store holds behind the place that the publisher has reached in each range."""
    lags: list[Lag] = []
    for number, (range_, position) in enumerate((await leases.reached()).items()):
        items, at_least = await _behind(feed, range_, position, most_pages)
        events = sum(len(item.get("events", ())) for item in items)
        age = _age(min(_times(items), default=None), now)
        lags.append(Lag(stage, str(number), events, age, at_least))
    return lags


async def _behind(
    feed: Feed, range_: str, position: str | None, most_pages: int
) -> tuple[list[Mapping[str, Any]], bool]:
    """Read what lies behind a position, and whether there is more than anybody wants to count."""
    items: list[Mapping[str, Any]] = []
    for _ in range(most_pages):
        page = await feed.read(range_, position)
        if not page.items:
            return items, False
        items += page.items
        position = page.position
    return items, True


async def log_lag(stage: str, log: LogReader, progress: Progress, now: datetime) -> list[Lag]:
    """Compare the end of each partition of the log with what a consumer has noted."""

    async def look(partition: int, first: int, last: int) -> Lag:
        noted = await progress.read(progress_name(stage, partition))
        handled = max(int(noted) if noted is not None else first - 1, first - 1)
        behind = max(0, last - handled)
        oldest = await log.time_after(partition, handled) if behind else None
        return Lag(stage, str(partition), behind, _age(oldest, now))

    # Side by side: to read one message of a log may take seconds.
    extents = await log.extents()
    return await asyncio.gather(*(look(n, *extent) for n, extent in enumerate(extents)))


def progress_name(stage: str, partition: int | str) -> str:
    """Name the note of the last message that a consumer has handled in a partition."""
    return f"{stage}:{partition}"


def _times(items: Sequence[Mapping[str, Any]]) -> list[datetime]:
    times = [item.get("metadata", {}).get("time") for item in items]
    return [datetime.fromisoformat(time) for time in times if isinstance(time, str)]


def _age(oldest: datetime | None, now: datetime) -> float:
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
