"""Commits are restored from their envelopes, in whatever order and however often these come, or not at all."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.messages.commit import Commit, Metadata, StoredSnapshot
from shared.kernel.messages.envelope import Envelope, decode, encode, encode_all, envelopes
from shared.kernel.messages.restored_commits import NO_END, NOT_THERE, Missing, restored
from tests.kernel.worlds import TEAPOT, commit, received

STREAM = str(TEAPOT)
MAYBE = st.none() | st.text(min_size=1, max_size=5)


@st.composite
def histories(draw: st.DrawFn) -> list[Commit]:
    """Give the commits of a stream."""
    found: list[Commit] = []
    for number in range(draw(st.integers(1, 5))):
        events = [
            received(one) for one in draw(st.lists(st.integers(0, 9), min_size=1, max_size=3))
        ]
        version = sum(len(one.events) for one in found) + len(events)
        one = commit(version, *events, command_id=f"c{number}")
        cause = draw(st.sampled_from((one.command_id, "item-kettle@1", "")))
        metadata = Metadata(draw(st.text(max_size=5)), cause, *(draw(MAYBE) for _ in range(4)))
        digest = draw(st.sampled_from(("", "0" * 64)))
        found.append(replace(one, metadata=metadata, command_digest=digest))
    return found


def arrivals(history: list[Commit]) -> list[Envelope]:
    """Give the envelopes as the publisher writes them."""
    return [decode(body) for one in history for body in encode_all(one)]


@given(histories(), st.data())
def test_commits_come_back_from_their_envelopes_in_any_order_and_however_often(
    history: list[Commit], data: st.DataObject
) -> None:
    sent = arrivals(history)
    assert sent == [decode(encode(one)) for commit in history for one in envelopes(commit)]
    again = data.draw(st.lists(st.sampled_from(sent)))

    arrived = data.draw(st.permutations([*sent, *again]))

    assert restored(STREAM, arrived) == (history, None)


@given(histories(), st.data())
def test_of_what_does_not_come_the_first_version_is_named(
    history: list[Commit], data: st.DataObject
) -> None:
    sent = arrivals(history)
    lost = data.draw(st.sampled_from(sent))
    whole = [one for one in history if one.version < lost.sequence]
    begins = whole[-1].version + 1 if whole else 1

    commits, missing = restored(STREAM, [one for one in sent if one is not lost])

    assert commits == whole
    if lost is not sent[-1]:
        assert missing == Missing(STREAM, lost.sequence, NOT_THERE)
    elif begins == lost.sequence:
        assert missing is None
    else:
        assert missing == Missing(STREAM, begins, NO_END)


def test_what_is_restored_already_is_not_given_again() -> None:
    history = [commit(1), commit(3, received(1), received(2)), commit(4)]

    assert restored(STREAM, arrivals(history), after=3) == (history[2:], None)


def test_a_snapshot_is_not_restored() -> None:
    with_snapshot = replace(commit(1), snapshot=StoredSnapshot("item/1", {}))

    assert restored(STREAM, arrivals([with_snapshot])) == ([commit(1)], None)


def of_before(envelope: Envelope) -> Envelope:
    """Give an envelope as older code has sent it."""
    return envelope.model_copy(update={"digest": None})


@pytest.mark.parametrize("behind", [0, 1])
def test_what_older_code_has_sent_is_named_and_no_part_of_another_commit(behind: int) -> None:
    history = [commit(1), commit(2), commit(3)][: 2 + behind]
    sent = arrivals(history)
    sent[1] = of_before(sent[1])

    commits, missing = restored(STREAM, sent)

    assert (commits, missing) == (history[:1], Missing(STREAM, 2, NO_END))
    assert str(missing).startswith("item-teapot@2: nothing says")


def test_what_newer_code_sends_again_says_what_the_first_did_not() -> None:
    sent = arrivals([commit(1)])

    assert restored(STREAM, [of_before(sent[0]), *sent]) == ([commit(1)], None)


def test_only_the_last_envelope_of_a_commit_says_more_than_its_event_needs() -> None:
    metadata = Metadata("chain", "item-kettle@1", actor="somebody", accepted="2026-11-23T11:00:00Z")
    several = replace(commit(2, received(1), received(2)), metadata=metadata)

    first, last = (one.model_dump(exclude_none=True) for one in arrivals([several]))

    more: dict[str, Any] = {key: last[key] for key in last.keys() - first.keys()}
    assert more == {
        "digest": "0" * 64,
        "cause": "item-kettle@1",
        "actor": "somebody",
        "accepted": "2026-11-23T11:00:00Z",
    }
