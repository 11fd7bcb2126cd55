"""How far each stage is behind, as operators see it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain

import azure.functions as func

from shared.adapters.http.responses import json_response
from shared.adapters.names import SWEEP
from shared.kernel.delivery.feed_places import reached
from shared.kernel.delivery.lag import MOST_PAGES, Lag, feed_lag, log_lag
from shared.kernel.delivery.sweep_note import read_note
from shared.kernel.ports import Feed, Leases, LogReader, Progress


@dataclass(frozen=True, slots=True)
class Lags:
    """Asks the feed about the publisher and the sweep, and about each of the consumers the log that it reads.

    `moved_to` are the hubs of consumers that have left the first one.
    """

    publisher: str
    consumers: Mapping[str, LogReader]
    feed: Feed
    leases: Leases
    progress: Progress
    now: Callable[[], datetime]
    moved_to: Mapping[str, str] = field(default_factory=dict)

    async def all(self, most_pages: int = MOST_PAGES) -> list[Lag]:
        """Look at every partition of every stage, in the order of the flow; count no further than some pages."""
        now = self.now()
        # The SDK opens a connection for each partition that it asks about, and most consumers read one hub.
        logs = list(dict.fromkeys(self.consumers.values()))
        extents = dict(
            zip(logs, await asyncio.gather(*(log.extents() for log in logs)), strict=True)
        )
        found = await asyncio.gather(
            feed_lag(self.publisher, self.feed, await self.leases.reached(), most_pages),
            *(
                log_lag(
                    *(consumer, log, extents[log], self.progress, now),
                    moved_to=self.moved_to.get(consumer, ""),
                )
                for consumer, log in self.consumers.items()
            ),
        )
        return list(chain.from_iterable(found))

    async def of_the_sweep(self, most_pages: int = MOST_PAGES) -> list[Lag]:
        """Look at every stretch that the sweep has still to prove: it stays behind on purpose."""
        swept = (await read_note(self.progress)).places
        return await feed_lag(SWEEP, self.feed, await reached(self.feed, swept), most_pages)


async def show_lag(lags: Lags) -> func.HttpResponse:
    """Answer with `stages`: each stage and partition, the events that wait, the age of the oldest.

    `sweep` tells the same of what is not proven yet; `leases` why the publisher does not read all of the feed.
    """
    found, sweep, faults = await asyncio.gather(
        lags.all(), lags.of_the_sweep(), lags.leases.faults()
    )
    return json_response(
        {
            "stages": [_shown(lag) for lag in found],
            "sweep": [_shown(lag) for lag in sweep],
            "leases": [asdict(one) for one in faults],
        }
    )


def _shown(lag: Lag) -> dict[str, object]:
    shown = asdict(lag)
    shown["atLeast"] = shown.pop("at_least")
    return shown
