"""Shrinking: from a world that fails to one with fewer commands and fewer faults that fails in the same way."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.simulation.world import Ending, Plan, simulate

MOST_TRIES = 80


def shortest(ending: Ending) -> Ending:
    """Leave out commands and faults, chunk by chunk, as long as the same promise breaks."""
    shrinking = Shrinking(ending)
    plan = replace(ending.plan, only=frozenset(ending.struck))
    asked = [key for key in ending.asked if not key.startswith("register-")]
    thin(asked, lambda kept: shrinking.fails(replace(plan, asks=frozenset(kept))))
    plan = replace(shrinking.best.plan, only=frozenset(shrinking.best.struck))
    thin(
        sorted(shrinking.best.struck),
        lambda kept: shrinking.fails(replace(plan, only=frozenset(kept))),
    )
    return shrinking.best


@dataclass
class Shrinking:
    """The smallest world so far, and how many more may be tried."""

    best: Ending
    tries: int = MOST_TRIES

    def __post_init__(self) -> None:
        self.promise = promise(self.best.wrong[0])

    def fails(self, plan: Plan) -> bool:
        """Tell whether a smaller world breaks the same promise; if so, keep it."""
        if self.tries == 0:
            return False
        self.tries -= 1
        ending = simulate(plan)
        if self.promise not in map(promise, ending.wrong):
            return False
        # The promise that is shrunk for comes first.
        ending.wrong = sorted(ending.wrong, key=lambda one: promise(one) != self.promise)
        self.best = ending
        return True


def thin[T](items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> Sequence[T]:
    """Leave out ever smaller chunks, as long as what remains fails (A. Zeller, "Delta debugging")."""
    size = len(items)
    while size > 0:
        start = 0
        while start < len(items):
            kept = [*items[:start], *items[start + size :]]
            if fails(kept):
                items = kept
            else:
                start += size
        size //= 2
    return items


def promise(wrong: str) -> str:
    """Name what is wrong without saying where: two worlds break the same promise if it is the same."""
    words = re.sub(r"[\[({].*", "", wrong).split()
    return " ".join(word for word in words if not re.search(r"[\d_]", word))
