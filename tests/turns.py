"""Two ways of doing the same, measured in turns: what else the machine does strikes both alike."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

RUNS: Final = 3
"""A ratio that is too high is measured further; every turn counts, not those of the luckiest run."""


@dataclass(frozen=True)
class Turns:
    """Seconds that both took, turn by turn."""

    seconds: list[tuple[float, float]]

    @property
    def medians(self) -> tuple[float, float]:
        first, second = (statistics.median(each) for each in zip(*self.seconds, strict=True))
        return first, second

    @property
    def ratio(self) -> float:
        """How many times as long the second took, in the median of the turns."""
        return statistics.median(second / first for first, second in self.seconds)


async def in_turns(
    first: Callable[[], Awaitable[object]],
    second: Callable[[], Awaitable[object]],
    turns: int,
    clock: Callable[[], float],
    most: float,
) -> Turns:
    """Measures both in turns, up to three times as many until the ratio of all is at `most`; returns them all."""
    found = Turns([])
    for _ in range(RUNS):
        found.seconds.extend(
            [(await took(first, clock), await took(second, clock)) for _ in range(turns)]
        )
        if found.ratio <= most:
            break
    return found


async def took(
    work: Callable[[], Awaitable[object]], clock: Callable[[], float] = time.process_time
) -> float:
    """Measures work, in the time that its process was at it unless another clock is given."""
    begun = clock()
    await work()
    return clock() - begun
