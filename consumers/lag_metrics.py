"""Metrics of lag, measured by a timer: what stands still takes no batch that could tell how late it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.adapters.http.lag import Lags
from shared.adapters.names import FOLLOWERS, MAILBOX, SINGLE_PUBLISHER
from shared.adapters.otel.metric_names import LAG, PARKED_STREAMS, SWEEP_LAG
from shared.kernel.ports import Parking

STAGES: Final = (SINGLE_PUBLISHER, *FOLLOWERS, MAILBOX)


@dataclass(frozen=True, slots=True)
class Measuring:
    """Looks at every stage and every consumer, and hands what it sees to `record(metric, value, **attributes)`."""

    lags: Lags
    parking: Parking
    consumers: Sequence[str]
    record: Callable[..., None]

    async def run(self) -> None:
        """Record how many streams are parked, and the age of the oldest event that waits for each stage."""
        for consumer in self.consumers:
            streams = await self.parking.count(consumer)
            self.record(PARKED_STREAMS, streams, consumer=consumer)
        oldest = dict.fromkeys(STAGES, 0.0)
        # The oldest is on the first page: nobody asks here how many wait.
        for lag in await self.lags.all(most_pages=1):
            oldest[lag.stage] = max(oldest[lag.stage], lag.seconds)
        for stage, seconds in oldest.items():
            self.record(LAG, seconds, stage=stage)
        unproven = [lag.seconds for lag in await self.lags.of_the_sweep(most_pages=1)]
        self.record(SWEEP_LAG, max(unproven, default=0.0))
