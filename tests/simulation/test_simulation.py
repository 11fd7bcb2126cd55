"""Seeded worlds keep every promise, and find every bug that is planted in them."""

import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from tests.figures import note
from tests.simulation.bugs import BUGS
from tests.simulation.planting import Bug, plant, planted
from tests.simulation.stories import story
from tests.simulation.unnoticed import UNNOTICED
from tests.simulation.world import Ending, Plan, ending, simulate
from tests.sizes import size

SEEDS, MOST = size(40, 200), 800
TABLE = ROOT / "docs" / "planted-bugs.md"
WRITES = "WRITE_DOCS" in os.environ


def recorded() -> dict[str, int]:
    """Read from the table which seed finds which bug."""
    rows = re.findall(
        r"^\| (.+?) \| .+ \| (\d+) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name: int(seed) for name, seed in rows}


@cache
def seed_that_finds(bug: Bug) -> int | None:
    """Give the seed that the table names, as long as its world finds a bug; else the first that does."""
    known = recorded().get(bug.name)
    with planted(bug):
        seeds = range(MOST) if known is None else (known, *range(MOST))
        return next((seed for seed in seeds if simulate(_untold(seed, bug)).wrong), None)


def _untold(seed: int, bug: Bug) -> Plan:
    return Plan(seed, tells=False, pulled=bug.pulled)


@pytest.fixture(scope="module")
def endings() -> list[Ending]:
    return [ending(seed) for seed in range(SEEDS)]


def test_every_promise_is_kept_in_every_world(endings: list[Ending]) -> None:
    for one in endings:
        assert one.wrong == [], story(one)
    assert len(endings) == SEEDS
    assert min(one.commands for one in endings) >= 200


def test_the_worlds_are_as_bad_as_they_should_be(endings: list[Ending]) -> None:
    kinds: set[str] = set()
    for one in endings:
        fired = (re.sub(r"~\d+", "", kind) for kind in one.fired)
        kinds |= {re.split(r" (?=\S*[-\d])", kind)[0] for kind in fired}

    calls = ("append", "send", "write row")
    wanted = {
        *("batch lost", "rewind reactions", "theft lease", "write arrives late append"),
        *("network doubles", "impatience", "redeployment"),
        *("dies while it makes leases", "counts partitions otherwise"),
        *("rewind notifications", "rewind mailbox", "theft notifications", "theft mailbox"),
        *(
            f"{what} {when} {call}"
            for what in ("crash", "failed", "stall")
            for when in ("before", "behind")
            for call in calls
        ),
    }
    assert wanted - kinds == set()
    # That each of all calls may fail, and a host die in it, tests/simulation/test_ports.py says.
    rare = {"page of orders", "feed", "publish", "leave command", "outcome of"}
    assert {call for call in rare if any(kind.endswith(f" {call}") for kind in kinds)} == rare


def test_a_seed_gives_one_trace_in_every_process() -> None:
    program = (
        "import hashlib; from tests.simulation.world import Plan, simulate;"
        "print(hashlib.sha256('\\n'.join(simulate(Plan(7)).trace).encode()).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    here = hashlib.sha256("\n".join(simulate(Plan(7)).trace).encode()).hexdigest()
    assert told == {here}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug) -> None:
    assert seed_that_finds(bug) is not None


def test_the_planted_bugs_are_many_and_ten_of_them_are_found_by_no_other_test() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 15
    assert len(UNNOTICED) >= 10


def test_a_bug_that_is_planted_in_files_is_the_one_that_is_planted_here(tmp_path: Path) -> None:
    for bug in BUGS:
        file = Path(*bug.place.partition(":")[0].split(".")).with_suffix(".py")
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
        before = (tmp_path / file).read_text(encoding="utf-8")

        plant(bug, tmp_path)

        after = (tmp_path / file).read_text(encoding="utf-8")
        compile(after, str(file), "exec")
        assert after != before


def test_the_table_of_planted_bugs_is_current(pytestconfig: pytest.Config) -> None:
    found = {bug.name: seed for bug in BUGS if (seed := seed_that_finds(bug)) is not None}
    assert len(found) == len(BUGS)
    median = statistics.median(found.values())
    alone = len(UNNOTICED)
    note(
        pytestconfig,
        f"planted bugs: all {len(found)} found, at seed {median:g} (median)",
    )
    rows = [
        f"| {bug.name} | `{bug.place}` | {'pass' if bug in UNNOTICED else 'fail'} | {found[bug.name]} |"
        for bug in BUGS
    ]
    table = "\n".join(
        [
            "# Planted bugs",
            "",
            "Each of these is planted in turn, and must be found by a [simulated](../tests/simulation)",
            f"world within {MOST} seeds; those of feeds, at the end, by one with a feed that others read and",
            "follow. The number is a seed that finds it, and is kept as long as it still does. The median",
            f"is {median:g}.",
            "",
            f"With {alone} of the {len(BUGS)} all other tests pass: they show only where faults meet. No test",
            "says so, because it takes hours: `make unnoticed` asks all other tests about each of them, in a",
            "copy of the project that has the bug in its source. About one bug, or by some tests alone, it",
            "takes minutes:",
            "",
            "```",
            'python -m tests.simulation --bug "nobody waits for it" --elsewhere',
            'python -m tests.simulation --bug "nobody waits for it" --elsewhere tests/kernel tests/consumers',
            "```",
            "",
            "Without `--elsewhere` the command tells how the simulation finds the bug. The table is written by",
            "`WRITE_DOCS=1 python -m pytest tests/simulation`.",
            "",
            "| bug | where | all other tests | seed |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )
    if WRITES:
        TABLE.write_text(table, encoding="utf-8")

    assert TABLE.read_text(encoding="utf-8") == table
