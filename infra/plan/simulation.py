"""A set in virtual time: commands come in waves, each stage does what its limits allow, and the rest waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sin
from typing import Final

from infra.plan import figures as f
from infra.plan.limits import Size, batch, limits, one_at_a_time

STAGES: Final = ("answered", "published", "shown")
SECONDS, WAVE = 900, 300


@dataclass(frozen=True, slots=True)
class Lags:
    """How long a command waits in each stage, at the end of a quarter of an hour and at the worst of it."""

    last: dict[str, float]
    worst: dict[str, float]

    @property
    def row(self) -> float:
        """The seconds between a command and its row, at the end."""
        return sum(self.last.values())


def simulate(rate: float, size: Size, seconds: int = SECONDS) -> Lags:
    """Plays a quarter of an hour of a rate, with waves up to the highest second."""
    capacity = capacities(rate, size)
    fixed = steady(rate, size)
    waiting = dict.fromkeys(STAGES, 0.0)
    last = worst = fixed
    for arriving in arrivals(rate, seconds):
        flow = arriving
        for stage in STAGES:
            waiting[stage] += flow
            flow = min(waiting[stage], capacity[stage])
            waiting[stage] -= flow
        last = {stage: fixed[stage] + waiting[stage] / capacity[stage] for stage in STAGES}
        worst = {stage: max(worst[stage], last[stage]) for stage in STAGES}
    return Lags(last, worst)


def arrivals(rate: float, seconds: int) -> Iterator[float]:
    """Yields the commands of each second: waves around the average, up to its peak."""
    for second in range(seconds):
        yield rate * (1 + (f.PEAK - 1) * sin(2 * pi * second / WAVE))


def capacities(rate: float, size: Size) -> dict[str, float]:
    """Give the commands a second that each stage can do: its nearest limit says."""
    shares = dict.fromkeys(STAGES, 0.0)
    for limit in limits(rate, size):
        if limit.stage in shares:
            shares[limit.stage] = max(shares[limit.stage], limit.share)
    return {stage: rate * f.PEAK / share for stage, share in shares.items()}


def steady(rate: float, size: Size) -> dict[str, float]:
    """Give the seconds of each stage without a queue: half a poll, and the time of a batch."""
    events = batch(rate, size)
    return {
        "answered": f.CPU["http"] / 1000 + f.ROUND_TRIP,
        "published": f.POLL_SECONDS / 2 + events / one_at_a_time("single_publisher", 2),
        "shown": events / one_at_a_time("projections", 4),
    }
