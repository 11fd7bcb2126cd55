"""Lag: how far each stage is behind the one before it, partition by partition, in events and in seconds."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.kernel.ports import Feed, LogReader, Progress

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
    stage: str,
    feed: Feed,
    places: Mapping[str, str | None],
    most_pages: int = MOST_PAGES,
    limit: int | None = None,
) -> list[Lag]:
    """Count what the store holds behind the place that a stage has reached in each stretch.

    Reads at most some pages of each; `limit` is the number of commits on a page.
    """

    async def look(partition: int, stretch: str, position: str | None) -> Lag:
        events, oldest = 0, 0.0
        for _ in range(most_pages):
            page = await feed.read(stretch, position, limit)
            if not page.items:
                return Lag(stage, str(partition), events, oldest)
            events += sum(map(_count, page.items))
            oldest = max(oldest, *page.ages)
            position = page.position
        return Lag(stage, str(partition), events, oldest, at_least=True)

    return await asyncio.gather(*(look(n, *place) for n, place in enumerate(places.items())))


def _count(item: Mapping[str, Any]) -> int:
    """Count the events of an item: none where it is no commit."""
    events = item.get("events")
    return len(events) if isinstance(events, list) else 0


async def log_lag(
    stage: str,
    log: LogReader,
    extents: Sequence[tuple[int, int]],
    progress: Progress,
    now: datetime,
    *,
    moved_to: str = "",
) -> list[Lag]:
    """Compare what each partition of the log holds with what a consumer has noted."""

    async def look(partition: int, first: int, last: int) -> Lag:
        noted = await progress.read(progress_name(stage, partition, moved_to))
        handled = max(place_in(noted)[0] if noted is not None else first - 1, first - 1)
        behind = max(0, last - handled)
        oldest = await log.time_after(partition, handled) if behind else None
        return Lag(stage, str(partition), behind, _age(oldest, now))

    # Side by side: to read one message of a log may take seconds.
    return await asyncio.gather(*(look(n, *extent) for n, extent in enumerate(extents)))


def progress_name(stage: str, partition: int | str, moved_to: str = "") -> str:
    """Name the note of the last message that a consumer has handled in a partition.

    A hub that a set has moved to counts from 0, so its notes are named after it.
    """
    return f"{stage}:{moved_to}:{partition}" if moved_to else f"{stage}:{partition}"


def place_of(number: int, partitions: int | None) -> str:
    """Write up to which number a partition is handled, and of how many it is one, where a hub has got others."""
    return str(number) if partitions is None else f"{number}/{partitions}"


def place_in(position: str) -> tuple[int, int | None]:
    """Read what `place_of` writes."""
    number, _, partitions = position.partition("/")
    return int(number), int(partitions) if partitions else None


def _age(oldest: datetime | None, now: datetime) -> float:
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
