"""Seeded worlds keep every promise, and find every bug that is planted in them."""

import hashlib
import os
import statistics
import subprocess
import sys

import pytest

from infra.local.stack import ROOT
from tests.figures import note
from tests.simulation.bugs import BUGS, planted
from tests.simulation.world import Plan, shortest, simulate, story

SEEDS, MOST = 60, 200
TABLE = ROOT / "docs" / "planted-bugs.md"


def first_to_find(bug_number: int) -> int | None:
    """Give the first seed whose world finds a bug."""
    with planted(BUGS[bug_number]):
        return next((seed for seed in range(MOST) if simulate(Plan(seed)).wrong), None)


@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_every_promise_is_kept_in_every_world(first: int) -> None:
    for seed in range(first, first + 10):
        ending = simulate(Plan(seed))

        assert ending.wrong == [], story(ending)


def test_the_worlds_are_as_bad_as_they_should_be() -> None:
    kinds: set[str] = set()
    for seed in range(30):
        kinds |= {kind.partition(" item-")[0] for kind in simulate(Plan(seed)).fired}

    wanted = {
        *("batch lost", "rewind", "theft", "write arrives late"),
        *(f"crash {when} {what}" for when in ("before", "behind") for what in ("append", "send")),
        *("crash before write row", "crash behind write row"),
    }
    assert wanted - kinds == set()


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


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", range(len(BUGS)), ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_found(number: int, found: dict[str, int]) -> None:
    seed = first_to_find(number)

    assert seed is not None
    found[BUGS[number].name] = seed


@pytest.fixture(scope="module")
def found() -> dict[str, int]:
    return {}


def test_the_table_of_planted_bugs_is_current(
    found: dict[str, int], pytestconfig: pytest.Config
) -> None:
    if len(found) < len(BUGS):
        pytest.skip("some of the bugs were not planted in this run")
    median = statistics.median(found.values())
    note(pytestconfig, f"planted bugs: {len(BUGS)}, all found; at seed {median:.0f} (median)")
    rows = [f"| {bug.name} | `{bug.place}` | {found[bug.name]} |" for bug in BUGS]
    table = "\n".join(
        [
            "# Planted bugs",
            "",
            "Each of these is planted in turn, and must be found by a [simulated](../tests/simulation) world",
            f"within {MOST} seeds. The number is the first seed that finds it; the median is {median:.0f}.",
            "",
            "| bug | where | seed |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )
    if "WRITE_DOCS" in os.environ:
        TABLE.write_text(table, encoding="utf-8")

    assert TABLE.read_text(encoding="utf-8") == table


def test_a_world_that_fails_tells_a_story_with_the_stream_in_it() -> None:
    with planted(next(bug for bug in BUGS if "order of a page" in bug.name)):
        failing = next(e for e in map(simulate, map(Plan, range(MOST))) if e.wrong)

        told = story(shortest(failing))

    assert "is out of order on the log" in told
    assert "send item-SKU" in told
