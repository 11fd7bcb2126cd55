"""Worlds with a feed: all that happened can be pulled, once and in order, whoever dies, whatever comes again."""

import re

import pytest

from tests.simulation.planting import Bug, planted
from tests.simulation.pulling_bugs import PULLING
from tests.simulation.stories import story
from tests.simulation.world import Ending, ending
from tests.sizes import size

SEEDS, MOST = size(10, 100), 60
FINDS = {
    "who appends reads how far streams are before the page": 5,
    "what the log has lost is not looked for in the store": 17,
}
"""Seeds of worlds that find what the first does not; another may do so when the code has changed."""


@pytest.fixture(scope="module")
def endings() -> list[Ending]:
    return [ending(seed, pulled=True) for seed in range(SEEDS)]


def test_all_that_happened_can_be_pulled_in_every_world(endings: list[Ending]) -> None:
    for one in endings:
        assert one.wrong == [], story(one)
    assert len(endings) == SEEDS


def test_who_appends_meets_faults_in_every_call(endings: list[Ending]) -> None:
    fired = {kind for one in endings for kind in one.fired}
    calls = ("last page of", "read page", "write page", "reached in", "note in")

    struck = {call for call in calls if any(re.search(rf" {call} ", kind) for kind in fired)}

    assert struck >= {"read page", "write page", "note in"}
    assert any(kind.startswith("rewind feeds") for kind in fired)
    assert any(kind.startswith("theft feeds") for kind in fired)


@pytest.mark.parametrize("bug", PULLING, ids=lambda bug: bug.name)
def test_a_bug_that_is_planted_in_a_feed_is_found(bug: Bug) -> None:
    with planted(bug):
        seeds = (FINDS.get(bug.name, 0), *range(MOST))
        assert any(ending(seed, pulled=True).wrong for seed in seeds)
