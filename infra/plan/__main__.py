"""`make plan RATE=5000`: says which limit a set meets first at so many commands a second, and what raises it."""

import argparse
from collections.abc import Iterator
from math import ceil

from infra.plan.limits import AUTOSCALED, Size, ceiling, first, limits, raised
from infra.plan.simulation import simulate

SIZES = {"as deployed by default (serverless)": Size(), "with autoscale's defaults": AUTOSCALED}
RATES = (1, 10, 100, 300, 1_000, 3_000, 5_000, 10_000, 30_000, 100_000)


def overview() -> Iterator[str]:
    """Yields a table: for each rate the nearest limit of a set as deployed, and of one that is raised."""
    yield "| commands a second | as deployed, nearest limit | a row is behind by | raised, nearest limit | sets |"
    yield "| --- | --- | --- | --- | --- |"
    most = ceiling(raised)
    for rate in RATES:
        cells = [_near(rate, Size()), _behind(rate, Size()), _near(rate, raised(rate))]
        yield f"| {rate:,} | {' | '.join(cells)} | {ceil(rate / most)} |"


def plan(rate: float) -> Iterator[str]:
    """Yields the plan of one rate."""
    most = ceiling(raised)
    for title, size in {**SIZES, "raised for this rate": raised(rate)}.items():
        yield f"{rate:,g} commands a second, {title}:"
        for limit in sorted(limits(rate, size), key=lambda one: -one.share):
            full = "  <- first" if limit == first(rate, size) else ""
            yield f"  {limit.share:>8.1%}  {limit.name}: {limit.uses:,.1f} of {limit.has:,.0f}{full}"
        yield f"  a row is behind its command by {_behind(rate, size)}"
        if (nearest := first(rate, size)).share > 1:
            yield f"  raise first: {nearest.raised_by}"
        yield ""
    yield from _settings(raised(rate))
    if rate > most:
        yield f"one set ends at {most:,}: {ceil(rate / most)} sets, each with a group of categories"


def _settings(size: Size) -> Iterator[str]:
    yield f"azd env set ONEWRITE_EVENTS_THROUGHPUT {size.events_units}"
    yield f"azd env set ONEWRITE_VIEWS_THROUGHPUT {size.views_units}"
    yield f"azd env set ONEWRITE_OTHERS_THROUGHPUT {size.others_units}"
    yield f"azd env set ONEWRITE_EVENTHUBS_MOST_UNITS {size.throughput_units}"
    yield f"azd env set ONEWRITE_EVENT_PARTITIONS {size.partitions}"
    yield f"azd env set ONEWRITE_MOST_INSTANCES {size.instances}"


def _near(rate: float, size: Size) -> str:
    nearest = first(rate, size)
    return f"{nearest.name}, {nearest.share:.0%}"


def _behind(rate: float, size: Size) -> str:
    seconds = simulate(rate, size).row
    if first(rate, size).share > 1:
        return f"{seconds:,.0f} s after a quarter of an hour"
    return f"{seconds:.1f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.plan", description=__doc__)
    parser.add_argument("--rate", type=float, help="commands a second")
    rate = parser.parse_args().rate
    print("\n".join(overview() if rate is None else plan(rate)))
