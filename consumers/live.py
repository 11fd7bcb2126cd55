"""What the console polls: how far each stage is, at a cost that does not grow with what waits or with who asks."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shared.adapters.kept_value import KeptValue
from shared.kernel.delivery.lag import feed_lag, place_in, progress_name
from shared.kernel.errors import LogUnavailable
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import Feed, Leases, LogReader, Parking, Progress, RowReader
from shared.kernel.views.generation import read_generations

SECONDS: Final = 1.0
"""So long a picture is shown to everybody who asks."""
PAGE: Final = 25
"""So many commits that wait are counted at once, on two pages of each stretch; beyond them it is "at least"."""
QUESTIONS: Final = 8
"""So many partitions of hubs are asked in a second: a namespace answers 50 such questions, whoever asks."""

type Ends = tuple[datetime, Sequence[tuple[int, int]]]
"""When a hub was asked, and the first and last number of each of its partitions."""


@dataclass(slots=True)
class WatchedHub:
    """A hub, who reads it, and where its partitions end: asked more rarely the more of them there are."""

    log: LogReader
    consumers: Sequence[str]
    partitions: int
    moved_to: str
    now: Callable[[], datetime]
    clock: Callable[[], float]
    ends: KeptValue[Ends | None] = field(init=False)

    def __post_init__(self) -> None:
        seconds = max(SECONDS, 2 * self.partitions / QUESTIONS)
        self.ends = KeptValue(self._ends, seconds, self.clock)

    async def _ends(self) -> Ends | None:
        try:
            return self.now(), await self.log.extents()
        except LogUnavailable:
            # Where the log ends is unknown then, and everything else is known still.
            return None

    def notes(self) -> list[str]:
        """Name the notes of all places in this hub."""
        return [self._note(one, n) for one in self.consumers for n in range(self.partitions)]

    def _note(self, consumer: str, partition: int) -> str:
        return progress_name(consumer, partition, self.moved_to)

    def places(
        self, consumer: str, noted: Mapping[str, str], ends: Ends | None
    ) -> list[dict[str, int | None]]:
        """Tell of each partition the last number a consumer has handled, the last there is, and how many wait."""
        return [
            _place(n, noted.get(self._note(consumer, n)), ends[1][n] if ends else None)
            for n in range(self.partitions)
        ]


def _place(
    partition: int, noted: str | None, extent: tuple[int, int] | None
) -> dict[str, int | None]:
    place = None if noted is None else place_in(noted)[0]
    if extent is None:
        return {"partition": partition, "place": place, "end": None, "behind": None}
    first, last = extent
    # The end was asked first: whoever is beyond it has shown that there is more.
    handled = first - 1 if place is None else max(place, first - 1)
    return {
        "partition": partition,
        "place": place,
        "end": max(last, handled),
        "behind": max(0, last - handled),
    }


@dataclass(slots=True)
class Live:
    """Looks at every stage; what is not known is None, and never a number."""

    publisher: str
    hubs: Mapping[str, WatchedHub]
    feed: Feed
    leases: Leases
    progress: Progress
    parking: Parking
    parkers: Sequence[str]
    rows: RowReader
    now: Callable[[], datetime]

    async def look(self) -> dict[str, Any]:
        """Give the picture of this moment; raises as the store does."""
        at = timestamp(self.now())
        # The ends first: nobody is shown to be further behind than it is.
        asked = await asyncio.gather(*(hub.ends() for hub in self.hubs.values()))
        ends = dict(zip(self.hubs, asked, strict=True))
        publisher, noted, parked, rebuilds = await asyncio.gather(
            self._publisher(),
            self.progress.read_all([note for hub in self.hubs.values() for note in hub.notes()]),
            asyncio.gather(*(self.parking.count(one) for one in self.parkers)),
            read_generations(self.rows),
        )
        return {
            "time": at,
            "publisher": publisher,
            "hubs": {name: _hub(ends[name]) for name in self.hubs},
            "consumers": {
                consumer: {"hub": name, "partitions": hub.places(consumer, noted, ends[name])}
                for name, hub in self.hubs.items()
                for consumer in hub.consumers
            },
            "parked": dict(zip(self.parkers, parked, strict=True)),
            "rebuilds": [
                {"view": view, "phase": one.phase}
                for view, one in rebuilds.items()
                if one.phase != "done"
            ],
        }

    async def _publisher(self) -> list[dict[str, object]]:
        found = await feed_lag(
            self.publisher, self.feed, await self.leases.reached(), most_pages=2, limit=PAGE
        )
        return [
            {
                "partition": one.partition,
                "behind": one.events,
                "seconds": one.seconds,
                "atLeast": one.at_least,
            }
            for one in found
        ]


def _hub(ends: Ends | None) -> dict[str, object]:
    """Tell how many messages a hub was ever sent, and when it was asked."""
    if ends is None:
        return {"sent": None, "asked": None}
    # Numbers begin with 0, and stay when the hub forgets old messages.
    return {"sent": sum(last + 1 for _, last in ends[1]), "asked": timestamp(ends[0])}
