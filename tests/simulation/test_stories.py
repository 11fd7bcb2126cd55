"""A world that fails is made small, and tells what happened to the streams that it is about."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from infra.local.stack import ROOT
from tests.simulation.bugs import BUGS
from tests.simulation.planting import planted
from tests.simulation.shrinking import promise, shortest, thin
from tests.simulation.stories import story
from tests.simulation.world import Ending, Plan, ending, simulate

MOST = 200


def small_and_large(words: str) -> tuple[Ending, Ending]:
    """Find a bug, and make the world that found it small."""
    with planted(next(bug for bug in BUGS if words in bug.name)):
        failing = next(one for one in map(ending, range(MOST)) if one.wrong)
        return shortest(failing), failing


@pytest.fixture(scope="module")
def of_an_order() -> tuple[Ending, Ending]:
    return small_and_large("goods have left")


def test_a_story_of_an_item_shows_what_was_sent_of_it() -> None:
    told = story(small_and_large("order of a page")[0])

    assert "is out of order on the log" in told
    assert "send item-SKU" in told


def test_a_story_of_an_order_shows_what_was_asked_and_what_was_written(
    of_an_order: tuple[Ending, Ending],
) -> None:
    told = story(of_an_order[0]).partition("what happened:")[2]

    assert "PlaceOrder(" in told
    assert "DispatchRecorded {" in told
    # What the items hold for its lines belongs to it.
    assert "StockReserved {" in told


def test_a_small_world_breaks_the_same_promise_with_few_commands_and_few_faults(
    of_an_order: tuple[Ending, Ending],
) -> None:
    small, large = of_an_order

    assert promise(small.wrong[0]) == promise(large.wrong[0])
    assert len(small.asked) < len(large.asked) / 3
    assert len(small.struck) < len(large.struck) / 3


def test_what_is_not_needed_is_left_out_and_nothing_else() -> None:
    def fails(kept: Sequence[int]) -> bool:
        return {3, 11} <= set(kept)

    assert thin(range(20), fails) == [3, 11]


def test_every_fault_is_in_the_trace() -> None:
    told = simulate(Plan(1))

    faults = [line for line in told.trace if " * " in line and " is away" not in line]
    assert len(faults) == len(told.struck) == sum(told.fired.values()) > 50


def test_the_same_happens_in_a_world_that_is_not_told() -> None:
    told, untold = simulate(Plan(1)), simulate(Plan(1, tells=False))

    assert untold.trace == []
    assert (untold.struck, untold.fired, untold.asked) == (told.struck, told.fired, told.asked)
    assert (untold.seconds, untold.commands) == (told.seconds, told.commands)


def test_a_seed_prints_the_same_trace_twice() -> None:
    command = (sys.executable, "-m", "tests.simulation", "--seed", "2", "--trace")
    first, second = (
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout for _ in range(2)
    )

    assert first == second
    assert first.count(b"\n") > 1000
