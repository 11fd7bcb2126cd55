"""`make sim`: many worlds on all cores; the first that fails is made small, and told.

Each seed has three: of the shop, on which the machinery is tested; of the shop with a feed that others
read and follow; and of the business that runs.
"""

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.active import FOLDER
from tests.simulation.bugs import BUGS
from tests.simulation.elsewhere import others_pass
from tests.simulation.planting import Bug, planted
from tests.simulation.shrinking import shortest
from tests.simulation.stories import story
from tests.simulation.unnoticed import UNNOTICED
from tests.simulation.world import Ending, Plan, ending, simulate


def main() -> int:
    """Simulate as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, help="this one alone, told in full when it fails")
    parser.add_argument("--own", action="store_true", help="of a seed, the world of the business")
    parser.add_argument("--pulled", action="store_true", help="of a seed, the world with a feed")
    parser.add_argument("--trace", action="store_true", help="print all that happens in this seed")
    parser.add_argument("--bug", action="append", help="plant this one (a few words of its name)")
    parser.add_argument("--elsewhere", nargs="*", help="run the other tests with it: all, or these")
    given = parser.parse_args()
    # What the platform passes over is told by the traces.
    logging.disable(logging.ERROR)
    bugs = [_named(words) for words in given.bug or ()]
    if given.elsewhere is not None:
        # Without a bug's name, each of those that no other test is said to notice, one after the other.
        together = [bugs] if bugs else [[bug] for bug in UNNOTICED]
        return 0 if all(others_pass(some, given.elsewhere) for some in together) else 1
    if bugs:
        seeds = range(given.seeds) if given.seed is None else [given.seed]
        return max(_find(bug, seeds) for bug in bugs)
    if given.seed is not None:
        told = simulate(Plan(given.seed, own=given.own, pulled=given.pulled))
        return _tell(told, [*told.trace, ""] if given.trace else [])
    kinds: dict[str, Callable[[int], Ending]] = {
        "of the shop": ending,
        "of the shop and its feed": partial(ending, pulled=True),
        f"of the specs of '{FOLDER}'": partial(ending, own=True),
    }
    return next((1 for what, kind in kinds.items() if _worlds(what, kind, given.seeds)), 0)


def _worlds(what: str, kind: Callable[[int], Ending], seeds: int) -> int:
    """Let one world after the other happen; 1 when one of them breaks a promise."""
    begun, commands, fired = time.perf_counter(), 0, Counter[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(kind, range(seeds), chunksize=5):
            if one.wrong:
                pool.shutdown(wait=False, cancel_futures=True)
                return _tell(one)
            commands += one.commands
            fired.update(one.fired)
    seconds = time.perf_counter() - begun
    print(
        f"{seeds:,} worlds {what}, {commands:,} commands, {sum(fired.values()):,} faults"
        f" in {seconds:.0f} s: every promise was kept."
    )
    return 0


def _named(words: str) -> Bug:
    found = [bug for bug in BUGS if words in bug.name]
    if len(found) != 1:
        sys.exit(f"{len(found)} planted bugs are named so: {words}")
    return found[0]


def _find(bug: Bug, seeds: Sequence[int]) -> int:
    """Tell how a bug is found; 1 when no world finds it."""
    with planted(bug):
        failing = next(
            (one for seed in seeds if (one := ending(seed, pulled=bug.pulled)).wrong), None
        )
        if failing is None:
            print(f"{bug.name}: {len(seeds)} worlds did not find it.")
            return 1
        seed = failing.plan.seed
        print(f"{bug.name}: found by seed {seed}.\n{story(shortest(failing))}")
        print(f'\nTo see it again: python -m tests.simulation --bug "{bug.name}" --seed {seed}')
        return 0


def _tell(told: Ending, first: Sequence[str] = ()) -> int:
    print(*first, sep="\n", end="")
    if not told.wrong:
        print(f"seed {told.plan.seed}: every promise was kept.")
        return 0
    print(story(shortest(told)))
    own = " OWN=1" if told.plan.own else " PULLED=1" if told.plan.pulled else ""
    print(f"\nTo see it again: make sim SEED={told.plan.seed}{own}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
