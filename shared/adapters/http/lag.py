"""How far each stage is behind, as operators see it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

import azure.functions as func

from shared.adapters.http.responses import json_response
from shared.kernel.delivery.lag import MOST_PAGES, Lag, feed_lag, log_lag
from shared.kernel.ports import Feed, Leases, LogReader, Progress


@dataclass(frozen=True, slots=True)
class Lags:
    """Asks the feed about the publisher, and about each of the consumers the log that it reads."""

    publisher: str
    consumers: Mapping[str, LogReader]
    feed: Feed
    leases: Leases
    progress: Progress
    now: Callable[[], datetime]

    async def all(self, most_pages: int = MOST_PAGES) -> list[Lag]:
        """Look at every partition of every stage, in the order of the flow; count no further than some pages."""
        now = self.now()
        found = await asyncio.gather(
            feed_lag(self.publisher, self.feed, self.leases, now, most_pages),
            *(
                log_lag(consumer, log, self.progress, now)
                for consumer, log in self.consumers.items()
            ),
        )
        return list(chain.from_iterable(found))


async def show_lag(lags: Lags) -> func.HttpResponse:
    """Answer with `stages`: each stage and partition, the events that wait, the age of the oldest."""
    return json_response({"stages": [_shown(lag) for lag in await lags.all()]})


def _shown(lag: Lag) -> dict[str, object]:
    shown = asdict(lag)
    shown["atLeast"] = shown.pop("at_least")
    return shown
