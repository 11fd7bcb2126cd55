"""What streams lack is noted by name, and of too many some are told."""

import pytest

from consumers.replay.holes import LogHole
from consumers.replay.note import MOST_LACKING, begun


def test_too_many_streams_that_lack_a_version_stop_it_at_once() -> None:
    note = begun([(0, 9)])
    for number in range(MOST_LACKING):
        note.lacks(f"item-{number:05}", 2, note.stages[0])

    with pytest.raises(
        LogHole, match=r"lacks item-00000@2, .*, item-00009@2 and 9991 more, and holds"
    ):
        note.lacks("item-last", 2, note.stages[0])


def test_in_the_next_round_nothing_but_what_was_lacking_is_wanted() -> None:
    note = begun([(0, 9)])
    assert note.wants("item-A")
    note.lacks("item-A", 2, note.stages[0])

    assert not note.is_done()

    assert (note.wants("item-A"), note.wants("item-B")) == (True, False)
    assert note.is_done()
