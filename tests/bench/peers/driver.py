"""What every contestant in Python does: it fills streams, and times one command on each of them when it is asked.

Only the standard library is imported here: the environments of the peers hold nothing of this project.
"""

import gc
import itertools
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

LONG = 1_000
SPREAD = 50
"""So many lengths follow one another among long streams: a snapshot every fifty events helps all of them alike."""


class Contestant(Protocol):
    """One library behind the scenario; a stream is an item that was registered and then received goods."""

    def fill(self, stream: str, events: int) -> None:
        """Make a stream of so many events."""

    def receive(self, streams: Sequence[str], *, warm: bool) -> None:
        """Handle one command on each stream, with what a process keeps in memory or without it."""


class Streams:
    """The streams of each length: short ones are made anew for each round, long ones grow by a command."""

    def __init__(self, contestant: Contestant) -> None:
        self._contestant = contestant
        self._numbers = itertools.count()
        self._long: defaultdict[tuple[int, int, bool], list[str]] = defaultdict(list)

    def of(self, events: int, count: int, *, warm: bool) -> Sequence[str]:
        if events < LONG:
            return [self._filled(events) for _ in range(count)]
        found = self._long[events, count, warm]
        if not found:
            found += [self._filled(events + number * SPREAD // count) for number in range(count)]
        return found

    def _filled(self, events: int) -> str:
        stream = f"item{next(self._numbers)}"
        self._contestant.fill(stream, events)
        return stream


def serve(version: str, contestant: Contestant) -> None:
    """Say the version, then answer each line, a round, with the microseconds of a command."""
    streams = Streams(contestant)
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_round(contestant, streams, **asked)), flush=True)


def _round(
    contestant: Contestant, streams: Streams, *, events: int, warm: bool, count: int
) -> float:
    chosen = streams.of(events, count, warm=warm)
    if warm:
        contestant.receive(chosen, warm=True)
    return timed(lambda: contestant.receive(chosen, warm=warm)) / count * 1e6


def timed(call: Callable[[], None]) -> float:
    """Give the seconds that a call takes; the garbage of what came before is nobody's."""
    gc.collect()
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
