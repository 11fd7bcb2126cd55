"""Rounds, in which all contestants take their turns one after another: what disturbs one of them disturbs all."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from tests.bench.contestants import Contestant, Running
from tests.bench.installing import NotHadError

type Turns = Sequence[float]
"""What one contestant took in each round: microseconds of a command."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Streams of one length, and whether a process has their states already."""

    name: str
    events: int
    warm: bool


SCENARIOS: Final = (
    Scenario("warm, 10 events", 10, warm=True),
    Scenario("cold, 10 events", 10, warm=False),
    Scenario("warm, 1,000 events", 1_000, warm=True),
    Scenario("cold, 1,000 events", 1_000, warm=False),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rounds there are, and how many streams a turn has, by their length."""

    rounds: int
    streams: Mapping[int, int]


WHOLE: Final = Size(15, {10: 100, 1_000: 20})
REDUCED: Final = Size(5, {10: 40, 1_000: 8})


@dataclass(frozen=True, slots=True)
class Measured:
    """The turns by contestant and scenario, the versions, and why a peer could not take part."""

    versions: Mapping[str, str]
    missing: Mapping[str, str]
    turns: Mapping[str, Mapping[str, Turns]]

    def ratio(self, of: str, to: str, scenario: str) -> float:
        """Give how many times as many commands a second one handles as another, as the median of the rounds."""
        pairs = zip(self.turns[of][scenario], self.turns[to][scenario], strict=True)
        return median(theirs / own for own, theirs in pairs)


def spread(turns: Turns) -> tuple[float, float, float]:
    """Give the first quartile, the median and the third quartile."""
    low, middle, high = quantiles(turns, n=4)
    return low, middle, high


def compare(
    contestants: Sequence[Contestant], size: Size, tell: Callable[[str], None] = print
) -> Measured:
    """Let all take part that can be had; the first round only warms them up."""
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        running: list[Running] = []
        for contestant in contestants:
            try:
                running.append(stack.enter_context(Running(contestant)))
            except NotHadError as reason:
                missing[contestant.name] = str(reason)
        turns: dict[str, dict[str, list[float]]] = {
            one.name: {scenario.name: [] for scenario in SCENARIOS} for one in running
        }
        for number in range(size.rounds + 1):
            for scenario in SCENARIOS:
                for one in running if number % 2 else reversed(running):
                    count = size.streams[scenario.events]
                    took = one.round(events=scenario.events, warm=scenario.warm, count=count)
                    if number:
                        turns[one.name][scenario.name].append(took)
            tell(f"round {number} of {size.rounds}")
    return Measured({one.name: one.version for one in running}, missing, turns)
