"""The limits of one set: what a rate of commands uses of each, and what there is. Pure arithmetic."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

from infra.plan import figures as f

CONSUMERS: Final = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How large a set is deployed; the defaults are those of infra/main.parameters.json, which are serverless."""

    partitions: int = 16
    throughput_units: int = 10
    events_units: int = f.SERVERLESS_UNITS
    views_units: int = f.SERVERLESS_UNITS
    others_units: int = f.SERVERLESS_UNITS
    instances: int = 100
    memory: int = 2_048

    @property
    def ranges(self) -> int:
        """Physical partitions of `events`: so many batches of the change feed are published at a time."""
        return max(1, ceil(self.events_units / f.RANGE_UNITS))


AUTOSCALED: Final = Size(events_units=4_000, views_units=4_000, others_units=1_000)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a rate uses of something, what there is of it, and the stage of the flow that waits for it."""

    name: str
    stage: str
    uses: float
    has: float
    raised_by: str

    @property
    def share(self) -> float:
        return self.uses / self.has


def batch(rate: float, size: Size) -> float:
    """Give the events in a batch of a partition: what has come since the publisher looked last."""
    return min(f.PAGE, max(1.0, rate * f.POLL_SECONDS / size.partitions))


def command_units() -> float:
    """Give the request units of a command in `events`: by its kind, and the two reads of what follows."""
    return sum(share * f.KINDS[kind] for kind, share in f.MIX.items()) + f.EVENTS_UNITS - f.INSERT


def limits(rate: float, size: Size) -> Iterator[Limit]:
    """Yields every limit of a set at the highest second of a rate."""
    peak = rate * f.PEAK
    batches = peak / batch(peak, size)
    yield from _store(peak, batches, size)
    yield from _log(peak, batches, size)
    yield from _instances(peak, size)


def _store(peak: float, batches: float, size: Size) -> Iterator[Limit]:
    events = peak * command_units() + f.POLL_UNITS
    setting = "ONEWRITE_EVENTS_THROUGHPUT"
    yield Limit("request units of events", "answered", events, size.events_units, setting)
    hot = peak * f.HOT * command_units()
    yield Limit(
        "the hottest stream", "answered", hot, f.RANGE_UNITS, "another model: several streams"
    )
    views = peak * f.VIEWS_UNITS + batches * f.GENERATIONS_UNITS
    setting = "ONEWRITE_VIEWS_THROUGHPUT"
    yield Limit("request units of views", "shown", views, size.views_units, setting)
    # `progress` is the busiest of the others: each consumer notes its place behind each batch.
    notes = batches * CONSUMERS * f.NOTE_UNITS
    setting = "ONEWRITE_OTHERS_THROUGHPUT"
    yield Limit("request units of progress", "shown", notes, size.others_units, setting)


def _log(peak: float, batches: float, size: Size) -> Iterator[Limit]:
    megabytes = peak * f.KILOBYTES / 1000
    per_partition = max(megabytes / f.PARTITION_MEGABYTES, peak / f.PARTITION_EVENTS)
    moving = "docs/operations/partitions.md"
    yield Limit(
        "partitions of the log", "published", per_partition * f.SKEW, size.partitions, moving
    )
    units = max(megabytes / f.UNIT_IN, CONSUMERS * megabytes / f.UNIT_OUT)
    setting = "ONEWRITE_EVENTHUBS_MOST_UNITS"
    yield Limit("throughput units", "published", units, size.throughput_units, setting)
    told = peak * f.NOTIFIED
    yield Limit("the topic of Event Grid", "shown", told, f.TOPIC_EVENTS, "cells")
    written = batches * CONSUMERS
    yield Limit("checkpoints in the host's storage", "shown", written, f.STORAGE_REQUESTS, "cells")


def _instances(peak: float, size: Size) -> Iterator[Limit]:
    answering = peak * f.CPU["http"] / 1000 / f.BUSY
    setting = "ONEWRITE_MOST_INSTANCES"
    yield Limit("instances that answer", "answered", answering, size.instances, setting)
    publishing = size.ranges * one_at_a_time("single_publisher", 2)
    setting = "ONEWRITE_EVENTS_THROUGHPUT: more ranges"
    yield Limit("ranges that are published", "published", peak, publishing, setting)
    swept = size.ranges * f.SWEPT * f.SWEEP_SHARE
    yield Limit("ranges that are swept", "proven", peak, swept, setting)
    projecting = size.partitions * one_at_a_time("projections", 4) / f.SKEW
    moving = "docs/operations/partitions.md"
    yield Limit("partitions that are projected", "shown", peak, projecting, moving)
    reacting = size.partitions * one_at_a_time("reactions", 5) / f.SKEW
    yield Limit("partitions that are reacted to", "shown", peak, reacting, moving)
    megabytes = sum(
        max(1, ceil(peak * one / 1000 / f.BUSY)) * size.memory for one in f.CPU.values()
    )
    quota = "Azure support: quota of Flex Consumption"
    yield Limit("memory in the region", "answered", megabytes, f.REGION_MEGABYTES, quota)


def one_at_a_time(stage: str, round_trips: int) -> float:
    """Give the commands a second of a stage that handles full batches one after another, on a core."""
    return f.PAGE / (f.PAGE * f.CPU[stage] / 1000 + round_trips * f.ROUND_TRIP)


def first(rate: float, size: Size) -> Limit:
    """Give the limit that is nearest, or furthest behind."""
    return max(limits(rate, size), key=lambda limit: limit.share)


def raised(rate: float) -> Size:
    """Give a set in which everything is raised that can be, as far as a rate needs it."""
    peak = rate * f.PEAK

    def units(needed: float, least: int) -> int:
        return min(f.MOST_UNITS, max(least, ceil(needed * f.HEADROOM / 1000) * 1000))

    throughput = max(10, ceil(CONSUMERS * peak * f.KILOBYTES / 1000 / f.UNIT_OUT))
    size = Size(partitions=f.MOST_PARTITIONS)
    batches = peak / batch(peak, size)
    return Size(
        partitions=f.MOST_PARTITIONS,
        throughput_units=min(f.MOST_THROUGHPUT_UNITS, throughput),
        events_units=units(peak * command_units() + f.POLL_UNITS, 4_000),
        views_units=units(peak * f.VIEWS_UNITS + batches * f.GENERATIONS_UNITS, 4_000),
        others_units=units(batches * CONSUMERS * f.NOTE_UNITS, 1_000),
        instances=200,
    )


def ceiling(size_of: Callable[[float], Size]) -> int:
    """Give the highest rate at which no limit is exceeded."""
    low, high = 0, 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if first(middle, size_of(middle)).share <= 1:
            low = middle
        else:
            high = middle
    return low
