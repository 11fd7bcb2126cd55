"""What cannot be stored hurts only who asked for it, before anything is written."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.cosmos.codec import LIMITS, size_of, to_item
from shared.domain.shop.item import item
from shared.domain.shop.item.events import StockAdjusted, StockReceived
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decision
from shared.kernel.commands.outcome import Accepted
from shared.kernel.errors import EventTooLarge, StoreRefused
from shared.kernel.messages.commit import Commit, RecordedEvent
from shared.kernel.messages.message import Command, Event
from shared.kernel.ports import Appended, Collided
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.worlds import Interrupted, commit, request, stocked, together


async def test_an_event_that_the_log_could_not_carry_is_refused_before_it_is_stored() -> None:
    store, _ = await stocked()
    large = replace(item, decider=replace(item.decider, decide=_adjusting))
    handling = ApplicationService(large, store, at_noon, no_pause)

    small, too_large, other = await together(
        store,
        handling,
        [
            request(_Adjust(size=10), "small"),
            request(_Adjust(size=LIMITS.message), "too-large"),
            request(_Adjust(size=20), "other"),
        ],
    )

    assert isinstance(small, Accepted)
    assert isinstance(too_large, EventTooLarge)
    assert isinstance(other, Accepted)
    assert len(store.commits()) == 2 + 3


async def test_commits_that_are_too_large_for_one_batch_are_written_in_several() -> None:
    store, _ = await stocked()
    large = replace(item, decider=replace(item.decider, decide=_adjusting))
    handling = ApplicationService(large, store, at_noon, no_pause)

    outcomes = await together(
        store, handling, [request(_Adjust(size=700_000), f"large-{n}") for n in range(5)]
    )

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert store.requests.count("append") == 3


async def test_a_batch_is_counted_as_it_is_on_the_wire_where_an_accent_has_six_bytes() -> None:
    sizes: list[int] = []

    class Measured(Interrupted):
        async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
            sizes.append(len(json.dumps([to_item(one) for one in commits])))
            return await super().append(commits)

    accents = lambda command, _: (_accents(command),) * 3  # noqa: E731
    large = replace(item, decider=replace(item.decider, decide=accents))
    store = Measured()
    handling = ApplicationService(large, store, at_noon, no_pause)

    outcomes = await together(
        store, handling, [request(_Adjust(size=2_450), f"c{n}") for n in range(100)]
    )

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert max(sizes) <= 2_000_000 < sum(sizes)


@given(
    one=st.text() | st.sampled_from(["é", "\x7f", "\0"]) | st.just(1e-7),
    many=st.sampled_from([1, 1_500]),
)
def test_data_is_never_counted_as_less_than_it_is_on_the_wire(one: object, many: int) -> None:
    data = {"it": one * many if isinstance(one, str) else [one] * many}
    empty, full = (commit(1, RecordedEvent("Written", 1, it)) for it in ({}, data))

    on_the_wire = len(json.dumps(data, separators=(",", ":")))

    assert size_of(full) - size_of(empty) >= on_the_wire - len("{}" * 6)


@pytest.mark.parametrize("size", [1_600, 3_200, 6_400])
async def test_a_hundred_small_commits_are_one_write(size: int) -> None:
    store = Interrupted()
    handling = ApplicationService(
        replace(item, decider=replace(item.decider, decide=_adjusting)), store, at_noon, no_pause
    )

    await together(store, handling, [request(_Adjust(size=size), f"c{n}") for n in range(100)])

    assert store.requests.count("append") == 1


async def test_what_the_store_will_never_take_hurts_only_who_asked_for_it() -> None:
    class Picky(Interrupted):
        async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
            written = [event.data["reason"] for commit in commits for event in commit.events[1:]]
            if "x" * 13 in written:
                self.requests.append("refused")
                raise StoreRefused("unlucky")
            return await super().append(commits)

    picky = replace(item, decider=replace(item.decider, decide=_twice))
    store = Picky()
    handling = ApplicationService(picky, store, at_noon, no_pause)

    outcomes = await together(
        store, handling, [request(_Adjust(size=10 + n), f"c{n}") for n in range(6)]
    )

    refused = [isinstance(outcome, StoreRefused) for outcome in outcomes]
    assert refused == [False, False, False, True, False, False]
    assert all(isinstance(one, Accepted) for one in outcomes if not isinstance(one, StoreRefused))
    assert store.requests.count("refused") == 2


async def test_a_decision_that_breaks_hurts_only_who_asked_for_it() -> None:
    store, _ = await stocked()
    broken: Category = replace(item, decider=replace(item.decider, decide=_adjusting))
    handling = ApplicationService(broken, store, at_noon, no_pause)

    bad, good = await together(
        store, handling, [request(_Adjust(size=-1), "bad"), request(_Adjust(size=1), "good")]
    )

    assert isinstance(bad, ZeroDivisionError)
    assert isinstance(good, Accepted)


def _accents(command: Command) -> StockAdjusted:
    return StockAdjusted(quantity=1, reason="é" * getattr(command, "size", 1))


def _twice(command: Command, state: object) -> Decision[Event]:
    decision = _adjusting(command, state)
    assert isinstance(decision, tuple)
    return (StockReceived(quantity=1), *decision)


class _Adjust(Command):
    """A command of the tests: records a reason of a size, or breaks."""

    size: int


def _adjusting(command: Command, _state: object) -> Decision[Event]:
    if not isinstance(command, _Adjust):
        return (StockAdjusted(quantity=1, reason="none"),)
    if command.size < 0:
        raise ZeroDivisionError("a bug in a decider")
    return (StockAdjusted(quantity=1, reason="x" * command.size),)
