"""How slow this machine is, measured once a run, and the limits of waits that follow from it."""

import os
import statistics
import time
from typing import Final

QUIET: Final = 0.016
"""Seconds that `_work` takes on the quiet machine for which the limits were chosen."""
LIMIT: Final = 120.0
"""Seconds after which that machine gives a condition up; every wait that succeeds there takes a few."""
VARIABLE: Final = "TESTS_SLOWNESS"
ROUNDS: Final = 9


def calibrate() -> float:
    """Measures how many times slower than the quiet machine this one is now, at least 1.

    The first process of a run measures; the workers and subprocesses that it starts inherit the figure.
    """
    if VARIABLE not in os.environ:
        seconds = statistics.median(_seconds() for _ in range(ROUNDS))
        os.environ[VARIABLE] = f"{max(1.0, seconds / QUIET):.2f}"
    return float(os.environ[VARIABLE])


def limit(seconds: float = LIMIT) -> float:
    """Returns the seconds after which a wait is given up here, from those of the quiet machine."""
    return seconds * calibrate()


def _seconds() -> float:
    begun = time.perf_counter()
    _work()
    return time.perf_counter() - begun


def _work() -> int:
    """Does what the tests mostly do: dictionaries and text in pure Python."""
    found: dict[str, int] = {}
    for number in range(60_000):
        found[str(number % 1_000)] = found.get(str(number % 777), 0) + number
    return len(found)
