"""Runs the SDKs' own tests on the emulators: `python -m emulators.tests.official [SUITE ...] [--sample]`.

The source distributions come from the registry into a temporary folder, with an environment of its own.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from emulators.tests.official.installing import environment, source
from emulators.tests.official.running import Tally, run
from emulators.tests.official.suites import SUITES, Suite


def main() -> None:
    """Print each suite's tally, and exit with 1 when fewer pass than are said to."""
    parser = argparse.ArgumentParser(prog="python -m emulators.tests.official", description=__doc__)
    names = [suite.name for suite in SUITES]
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"among {', '.join(names)}")
    parser.add_argument("--sample", action="store_true", help="a part, of a few minutes")
    parser.add_argument("--folder", type=Path, help="where to install, and to find it next time")
    given = parser.parse_args()
    if unknown := set(given.suites) - set(names):
        parser.error(f"there is no suite {unknown.pop()!r}")
    chosen = [suite for suite in SUITES if not given.suites or suite.name in given.suites]
    chosen = [suite for suite in chosen if suite.sample or not given.sample]
    with tempfile.TemporaryDirectory() as folder:
        at = given.folder or Path(folder)
        good = [_passes(suite, at, sample=given.sample) for suite in chosen]
    sys.exit(not all(good))


def _passes(suite: Suite, folder: Path, *, sample: bool) -> bool:
    python = environment(folder, suite)
    tally = run(suite, python, source(folder, suite, python), sample=sample)
    print("\n".join(tally.failed))
    for reason, count in sorted(tally.left_out.items()):
        print(f"{count} left out: {reason}")
    print(described(suite, tally), flush=True)
    return tally.share >= suite.least


def described(suite: Suite, tally: Tally) -> str:
    """Say how a suite went."""
    return (
        f"{suite.name} ({suite.package} {suite.version}): {tally.counts}; {tally.share:.1%} of"
        f" what is not refused by name pass, {suite.least:.0%} are to"
    )


if __name__ == "__main__":
    main()
