"""`make sim`: many worlds on all cores; the first that fails is made small, and told."""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.world import Ending, Plan, shortest, simulate, story


def _ending(seed: int) -> Ending:
    ending = simulate(Plan(seed))
    if not ending.wrong:
        ending.trace = []
    return ending


def main() -> int:
    """Simulate as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, help="this one alone, told in full when it fails")
    given = parser.parse_args()
    if given.seed is not None:
        return _tell(simulate(Plan(given.seed)))
    begun, fired = time.perf_counter(), Counter[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for ending in pool.map(_ending, range(given.seeds), chunksize=5):
            if ending.wrong:
                pool.shutdown(wait=False, cancel_futures=True)
                return _tell(ending)
            fired.update(ending.fired)
    seconds = time.perf_counter() - begun
    commands = Plan(0).commands * given.seeds
    print(
        f"{given.seeds:,} worlds, {commands:,} commands, {sum(fired.values()):,} faults"
        f" in {seconds:.0f} s: every promise was kept."
    )
    return 0


def _tell(ending: Ending) -> int:
    if not ending.wrong:
        print(f"seed {ending.plan.seed}: every promise was kept.")
        return 0
    print(story(shortest(ending)))
    print(f"\nTo see it again: make sim SEED={ending.plan.seed}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
