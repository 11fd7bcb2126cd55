"""What a month costs: the prices and the quantities, those that are assumed and those that are deployed.

Prices are pay-as-you-go list prices of one large region in US dollars, from memory, as of November 2026.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from emulators.cosmos import charge
from emulators.host.schedule import Cron, parse_schedule
from infra.plan.figures import (
    BATCH_UNITS,
    CPU,
    EVENTS_UNITS,
    GENERATIONS_UNITS,
    KILOBYTES,
    NOTIFIED,
    PAGE_UNITS,
    PEAK,
    POLL_UNITS,
    VIEWS_UNITS,
)
from infra.plan.limits import Size, batch
from shared.adapters.cosmos.feed import PAGE
from tests.infra.clouds import DESCRIBED, Cloud, functions

HOURS: Final = 730
MONTH: Final = (
    HOURS * 3600 / 1e6
)  # millions of seconds, so that a rate times it is millions a month

# The price of each thing, and what one of it is.
PRICES: Final = {
    "Cosmos DB serverless: a million request units": 0.25,
    "Cosmos DB autoscale: 100 RU/s, for an hour of which that was the highest": 0.012,
    "Cosmos DB storage: a GB and month": 0.25,
    "Cosmos DB backup of 30 days: a GB and month": 0.20,
    "Event Hubs Standard: a unit and hour": 0.03,
    "Event Hubs Capture: a unit and hour": 0.10,
    "Event Hubs: a million events in": 0.028,
    "Event Grid: a million operations": 0.60,
    "Functions, always ready: a GB and second": 0.000004,
    "Functions, always ready and busy: a GB and second on top": 0.000016,
    "Functions, on demand: a GB and second": 0.000026,
    "Functions: a million executions": 0.40,
    "Storage: a GB and month": 0.02,
    "Storage: a million writes": 5.00,
    "Private endpoint: an hour": 0.01,
    "Private endpoint: a GB": 0.01,
    "Availability test: a thousand runs from one place": 0.60,
    "Log Analytics: a GB": 2.30,
}
(
    SERVERLESS,
    AUTOSCALE,
    STORED,
    BACKUP,
    UNIT,
    CAPTURE,
    EVENTS,
    OPERATIONS,
    READY,
    BUSY,
    DEMAND,
    EXECUTIONS,
    BLOBS,
    WRITES,
    ENDPOINT,
    CLOSED,
    TESTS,
    LOGS,
) = PRICES.values()

# Of one page of the sweep: the rows of all its streams in one query (tests/adapters/test_sweep_requests.py).
SWEEP_UNITS: Final = round(2 * charge.query(PAGE), 1)
# What of a command goes through private endpoints, in commits: written, read by publisher and sweep, into the log
# and out of it four times, three rows.
CLOSED_COMMITS: Final = 11
SPANS, SPAN_KILOBYTES, METRICS_GIGABYTES = 7, 1.5, 0.5  # of a command; of a span; of an instance
POLL_SPANS: Final = 4  # of the host, a second: two looks at the change feed, with two calls each
# Seconds that a run of a timer is billed for: each timer has an instance of its own, gone between its runs.
TIMER_SECONDS: Final = 5
# Request units of an event that is read afresh; half of the events cause a command, which turns out to be done.
AFRESH: Final = {
    "read by the sweep": 1.0,
    "read to be sent": 3.0,
    "row looked for": 2.0,
    "by the sweep": SWEEP_UNITS / PAGE,
    "row written": 14.0,
    "half a command": 7.5,
}


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the Bicep and the names decide."""

    ready: dict[str, int]
    memory: float
    partitions: int
    renewals: float
    runs: float
    others: int
    runs_of_timers: int
    endpoints: int
    zones: bool
    groups: int

    @property
    def kept(self) -> int:
        """The instances that are there whatever happens: over zones two of all that scales by itself."""
        return 2 * self.groups if self.zones else sum(self.ready.values())

    @classmethod
    def read(cls, cloud: Cloud) -> "Deployed":
        """Read it out of what Azure would be asked for."""
        watched = cloud.one("Insights/webtests").properties
        partitions = {
            cloud.hub(one.body["name"]): one.properties["partitionCount"]
            for one in cloud.of("EventHub/namespaces/eventhubs")
        }
        renewed = sum(
            number * len(DESCRIBED["hubs"][hub]["consumerGroups"])
            for hub, number in partitions.items()
        )
        runs = len(watched["Locations"]) * 3600 / watched["Frequency"] * HOURS / 1000
        (memory,) = {scale["instanceMemoryMB"] / 1024 for scale in _scales(cloud)}
        others = len(DESCRIBED["containers"].keys() - {"events", "views"})
        here = {name for _, running, _ in cloud.apps() for name in running}
        kinds = [trigger["type"] for name, (_, trigger) in functions().items() if name in here]
        return cls(
            ready=always_ready(cloud),
            memory=memory,
            partitions=partitions["events"],
            renewals=renewed / 10,
            runs=runs,
            others=others,
            runs_of_timers=sum(runs_a_minute(cloud).values()),
            endpoints=sum(one.kind.endswith("/privateEndpoints") for one in cloud.resources),
            zones=bool(cloud.parameters.get("zoneRedundant")),
            # Every function but those of HTTP scales by itself; those of HTTP scale together.
            groups=1 + sum(kind not in {"httpTrigger", "warmupTrigger"} for kind in kinds),
        )


def runs_a_minute(cloud: Cloud) -> dict[str, int]:
    """Give how often each timer runs, by the schedules of the code and of the settings."""
    given = {
        f"%{name}%": value for _, _, settings in cloud.apps() for name, value in settings.items()
    }
    here = {name for _, running, _ in cloud.apps() for name in running}
    found = {}
    for name, (_, trigger) in functions().items():
        if name in here and trigger["type"] == "timerTrigger":
            schedule = parse_schedule(name, given.get(trigger["schedule"], trigger["schedule"]))
            assert isinstance(schedule, Cron)
            assert len(schedule.fields[1]) == 60, f"{name} does not run every minute"
            found[name] = len(schedule.fields[0])
    return found


def always_ready(cloud: Cloud) -> dict[str, int]:
    """Count the instances that are kept for each trigger, in all apps."""
    return {
        one["name"].removeprefix("function:"): one["instanceCount"]
        for scale in _scales(cloud)
        for one in scale["alwaysReady"]
    }


def _scales(cloud: Cloud) -> list[dict[str, Any]]:
    return [
        site.properties["functionAppConfig"]["scaleAndConcurrency"] for site, _, _ in cloud.apps()
    ]


@dataclass(frozen=True, slots=True)
class Load:
    """So many commands a second, so many of them in a batch of the log."""

    rate: int
    batch: int
    share: float

    @property
    def batches(self) -> float:
        return self.rate / self.batch

    @property
    def pages(self) -> float:
        """Pages of the sweep, a second: full ones, or one a run."""
        return max(self.rate / PAGE, 2 / 60)

    @property
    def commands(self) -> float:
        """Millions a month."""
        return self.rate * MONTH

    def units(self) -> dict[str, float]:
        """Request units a second, by container."""
        return {
            "events": self.rate * EVENTS_UNITS + POLL_UNITS,
            "views": self.rate * VIEWS_UNITS
            + self.batches * GENERATIONS_UNITS
            + self.pages * SWEEP_UNITS,
            "others": self.batches * BATCH_UNITS + self.rate * NOTIFIED * PAGE_UNITS,
        }

    def highest(self, others: int) -> dict[str, int]:
        """Give what autoscale is billed for, in RU/s: a tenth of the most that a container may take, or more."""
        least = {"events": 400, "views": 400, "others": 100 * others}
        return {
            name: max(least[name], ceil(units * PEAK / 100) * 100)
            for name, units in self.units().items()
        }

    def instances(self, ready: dict[str, int]) -> dict[str, int]:
        """Give the instances that each trigger needs: those that are ready, or more."""
        return {
            name: max(count, ceil(self.rate * CPU[name] / 1000)) for name, count in ready.items()
        }

    def throughput_units(self) -> int:
        """Give those of Event Hubs: 1 MB or 1,000 events a second in, 2 MB or 4,096 events out, each."""
        rate = self.rate * PEAK
        out = 4 * rate
        return ceil(max(rate / 1000, rate * KILOBYTES / 1000, out / 4096, out * KILOBYTES / 2000))


IDLE: Final = Load(0, 1, 0.02)
LOADS: Final = tuple(
    Load(rate, round(batch(rate, Size())), share)
    for rate, share in ((1, 0.02), (100, 0.02), (5000, 0.002))
)
