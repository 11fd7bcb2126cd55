"""Worlds with a feed: all that happened can be pulled, and is followed once and in order, whatever fails."""

import re

import pytest

from tests.simulation.stories import story
from tests.simulation.world import Ending, ending
from tests.sizes import size

SEEDS = size(12, 100)


@pytest.fixture(scope="module")
def endings() -> list[Ending]:
    return [ending(seed, pulled=True) for seed in range(SEEDS)]


def test_all_that_happened_can_be_pulled_and_is_followed_in_every_world(
    endings: list[Ending],
) -> None:
    for one in endings:
        assert one.wrong == [], story(one)
    assert len(endings) == SEEDS


def test_who_appends_and_who_follows_meet_faults_in_every_call(endings: list[Ending]) -> None:
    fired = {kind for one in endings for kind in one.fired}
    appending = ("last page of", "read page", "write page", "reached in", "note in")
    following = ("ask shop", "find place poll:", "place poll:", "receipt of")

    struck = {
        call for call in (*appending, *following) if any(f" {call}" in kind for kind in fired)
    }

    assert struck >= {"read page", "write page", "note in", *following}
    begun = (
        *("rewind feeds", "theft feeds", "declares the feed anew", "meets a place that is gone"),
        *("page throttled", "read returns late", "dies behind an effect"),
    )
    assert {kind for kind in begun if any(one.startswith(kind) for one in fired)} == set(begun)
    assert any(re.match(r"crash \w+ (ask shop|receipt of|.*place poll)", kind) for kind in fired)
