"""Runs one half of all tests, and says where its time went: `python -m tests.halves test` or `proof`."""

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from emulators.tests.machine import calibrate
from infra.business import Project

ROOT: Final = Path(__file__).parents[1]
REPORTS: Final = ROOT / ".onewrite" / "tests"
SLOWEST: Final = 10
WORKERS: Final = "--numprocesses=4"
"""Two for each of two processors: half of the time a test waits for something."""
FEWER_WORKERS: Final = "--numprocesses=3"
FEWEST_WORKERS: Final = "--numprocesses=2"
"""Of two runs side by side."""
# The tests that need no process but their own.
IN_PROCESS: Final = tuple(
    f"tests/{folder}"
    for folder in (
        *("kernel", "domain", "command_api", "single_publisher", "consumers", "roles", "specs"),
        "notifications",
    )
)
# What depends on the business that runs; all other tests run the shop, whichever that is.
DOMAIN: Final = (
    *("tests/specs/test_specs.py", "tests/specs/test_shipped.py"),
    *("tests/wire/test_round_trips.py", "tests/wire/test_business_way.py"),
    *("tests/notifications/test_contract.py", "tests/adapters/test_names.py"),
    "tests/simulation/test_own.py",
)


type Command = list[str]
"""The arguments of Python."""
type Phase = list[list[Command]]
"""Lanes that run side by side, the commands of each one after another; one sees the last at work."""


def pytest(name: str, *arguments: str) -> Command:
    """Returns the command of one run of pytest, which leaves a report under its name."""
    return [
        *("-m", "pytest", *arguments),
        *(f"--junitxml={REPORTS / name}.xml", f"--durations={SLOWEST}"),
    ]


BY_FILE: Final = ("--dist=loadfile", "--no-loadscope-reorder")
"""A file's tests stay in one process, for they share what they start; the longest files begin."""

# The specs are those of the business that runs: nothing holds all of another.
NOT_COVERED: Final = ",".join(
    f"shared/domain/{folder.name}/*"
    for folder in sorted((ROOT / "shared" / "domain").iterdir())
    if folder.is_dir() and folder.name != Project(ROOT).active()
)
COVERAGE: Final = [
    ["-m", "coverage", "run", *pytest("in-process", *IN_PROCESS)],
    ["-m", "coverage", "report", f"--omit={NOT_COVERED}"],
]
LINT: Final = [
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    [
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])",
    ],
    ["-m", "deptry", "."],
    ["-m", "infra.check"],
]
ELSEWHERE: Final = tuple(f"--ignore={folder}" for folder in IN_PROCESS)
OF_THE_EMULATORS: Final = "emulators/tests"
SWAPPED: Final = "tests/swap/test_whole.py"
IN_PROOF: Final = ("-m", "proof and not alone", f"--ignore={SWAPPED}")


def tested(*arguments: str) -> list[Phase]:
    """Returns what `make test` does: lint first, then all that takes long, side by side."""
    return [[LINT], [[["-m", "mypy"]], COVERAGE, [pytest(*arguments, *ELSEWHERE, *BY_FILE)]]]


HALVES: Final[dict[str, list[Phase]]] = {
    "test": tested("test", "-m", "not proof", WORKERS),
    # All of `test` that could tell one business from another; tests/swap shows that the emulators' tests cannot.
    "beside": tested("beside", "tests", "-m", "not proof", FEWEST_WORKERS),
    # What is measured has the machine to itself.
    "proof": [
        [[pytest("alone", "-m", "alone")]],
        [
            # It runs `beside`, the longest of all.
            [pytest("swapped", SWAPPED)],
            [pytest("proof", *IN_PROOF, FEWER_WORKERS, *BY_FILE)],
        ],
    ],
    "coverage": [[COVERAGE]],
    "test-domain": [[[pytest("domain", *DOMAIN)]]],
}


@dataclass
class Tally:
    """The tests and seconds of a folder."""

    tests: int = 0
    seconds: float = 0.0


@dataclass
class Times:
    """Where the time went: by folder, and test by test."""

    folders: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    tests: list[tuple[float, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def read(self, report: Path) -> None:
        """Adds what a run of pytest has left; a report that was cut off counts as a failure."""
        try:
            cases = list(ET.parse(report).iter("testcase"))
        except ET.ParseError as error:
            self.failed.append(f"{report}: the run was cut off ({error})")
            return
        for case in cases:
            seconds, module = float(case.get("time", 0)), case.get("classname", "")
            name = f"{module.replace('.', '/')}::{case.get('name')}"
            folder = "/".join(module.split(".")[:2])
            self.folders[folder].tests += 1
            self.folders[folder].seconds += seconds
            self.tests.append((seconds, name))
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed.append(name)


def run(phases: Sequence[Phase]) -> int:
    """Runs the phases one after another until something fails; returns how many of them passed."""
    return sum(1 for _ in takewhile(_phase, phases))


def _phase(lanes: Phase) -> bool:
    with ThreadPoolExecutor(len(lanes)) as pool:
        begun = [pool.submit(_lane, lane, shown=lane is lanes[-1]) for lane in lanes]
        return all(lane.result() for lane in begun)


def _lane(commands: Sequence[Command], *, shown: bool) -> bool:
    return all(_run(command, shown=shown) for command in commands)


def _run(command: Command, *, shown: bool) -> bool:
    """Runs a module of Python, and shows what it prints at once, or as a whole when it has ended."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not shown:
        name = " ".join(command[1:3])
        print(f"--- {name} ({time.monotonic() - begun:.0f} s)\n{done.stdout}", flush=True)
    return done.returncode == 0


def show(half: str, times: Times, seconds: float) -> None:
    """Prints what failed, and where the time of a half went."""
    print(f"\n{'folder':<28}{'tests':>8}{'seconds':>10}")
    for folder, tally in sorted(times.folders.items(), key=lambda one: -one[1].seconds):
        print(f"{folder:<28}{tally.tests:>8,}{tally.seconds:>10.1f}")
    print("\nthe slowest:")
    for taken, test in sorted(times.tests, reverse=True)[:SLOWEST]:
        print(f"{taken:>7.1f} s  {test}")
    minutes, rest = divmod(round(seconds), 60)
    print(
        f"\nmake {half}: {len(times.tests):,} tests in {minutes} min {rest:02} s, on a machine"
        f" {calibrate():.2f} times as slow as a quiet one"
    )


def main() -> int:
    """Runs a half; returns 1 when something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.halves", description=__doc__)
    parser.add_argument("half", choices=HALVES)
    half = parser.parse_args().half
    for report in REPORTS.glob("*.xml"):
        report.unlink()
    # Hundreds of processes start: each would compile the SDKs and the tests again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    calibrate()
    begun = time.monotonic()
    phases = HALVES[half]
    passed = run(phases)
    times = Times()
    for report in REPORTS.glob("*.xml"):
        times.read(report)
    show(half, times, time.monotonic() - begun)
    if passed < len(phases):
        skipped = len(phases) - passed - 1
        print(f"make {half} FAILED: {len(times.failed)} tests; {skipped} of its parts did not run")
        print("".join(f"  {one}\n" for one in times.failed), end="")
    return 0 if passed == len(phases) else 1


if __name__ == "__main__":
    sys.exit(main())
