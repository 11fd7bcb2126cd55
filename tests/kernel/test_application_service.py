"""Load, fold, decide, append: one write, and nobody is told a falsehood about it."""

import asyncio
from typing import Any

import pytest

from shared.domain.shop.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.domain.shop.item.events import ItemRegistered, StockReserved
from shared.kernel.commands.category import record
from shared.kernel.commands.outcome import Accepted, Refused, Unchanged
from shared.kernel.errors import (
    BrokenStream,
    CommandIdReused,
    Conflict,
    OutcomeUnknown,
    StoreUnavailable,
)
from tests.kernel.asking import whole
from tests.kernel.worlds import TEAPOT, Interrupted, commit, received, request, service

REGISTER = RegisterItem(name="Teapot", reorder_point=0)
ITEM = ItemRegistered(name="Teapot", reorder_point=0)


async def stocked(quantity: int = 10) -> Interrupted:
    store = Interrupted()
    await service(store).handle(request(REGISTER, "register"))
    await service(store).handle(request(ReceiveStock(quantity=quantity), "receive"))
    store.requests.clear()
    return store


async def test_an_accepted_command_is_one_read_and_one_write() -> None:
    store = await stocked()

    outcome = await service(store).handle(request(ReceiveStock(quantity=5), "more"))

    assert isinstance(outcome, Accepted)
    assert (outcome.commit.version, outcome.repeated) == (3, False)
    assert store.requests == ["tail", "append"]


async def test_a_refusal_is_confirmed_by_one_more_read_and_writes_nothing() -> None:
    store = await stocked()

    outcome = await service(store).handle(
        request(ReserveStock(reservation_id="r1", quantity=11), "too-many")
    )

    assert isinstance(outcome, Refused)
    assert (outcome.refusal.code, outcome.version) == ("not-enough-stock", 2)
    assert store.requests == ["tail", "find"]
    assert len(store.commits()) == 2


async def test_nothing_to_do_writes_nothing() -> None:
    store = await stocked()
    reserve = ReserveStock(reservation_id="r1", quantity=3)
    await service(store).handle(request(reserve, "first"))

    outcome = await service(store).handle(request(reserve, "second"))

    assert outcome == Unchanged(version=3)


async def test_a_lost_race_is_decided_again_on_what_the_winner_wrote() -> None:
    store = await stocked(quantity=10)
    winner = record(StockReserved(reservation_id="w", quantity=8))
    store.before = [[commit(3, winner)]]

    outcome = await service(store).handle(
        request(ReserveStock(reservation_id="r1", quantity=3), "loser")
    )

    assert isinstance(outcome, Refused)
    assert outcome.version == 3
    assert store.requests == ["tail", "append", "find", "find"]


async def test_who_loses_every_race_is_told_of_a_conflict_and_has_written_nothing() -> None:
    store = await stocked()
    store.before = [[commit(version, received(1))] for version in range(3, 6)]

    with pytest.raises(Conflict) as conflict:
        await service(store, attempts=3).handle(request(ReceiveStock(quantity=1), "unlucky"))

    assert conflict.value.version == 5
    assert "unlucky" not in {stored.command_id for stored in store.commits()}


async def test_a_repeat_is_answered_with_what_the_first_one_stored() -> None:
    store = await stocked()
    first = await service(store).handle(request(ReceiveStock(quantity=5), "again"))

    second = await service(store).handle(request(ReceiveStock(quantity=5), "again"))

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert second.commit == first.commit
    assert second.repeated
    assert len(store.commits()) == 3


async def test_a_repeat_whose_effect_is_long_in_the_state_is_not_refused_for_it() -> None:
    store = await stocked(quantity=10)
    reserve = request(ReserveStock(reservation_id="r1", quantity=10), "all")
    first = await service(store).handle(reserve)
    await service(store).handle(request(ReceiveStock(quantity=1), "later"))

    second = await service(store).handle(reserve)

    assert isinstance(first, Accepted)
    assert second == Accepted(first.commit, repeated=True)


async def test_registering_twice_under_one_id_is_registering_once() -> None:
    store = Interrupted()
    first = await service(store).handle(request(REGISTER, "register"))

    second = await service(store).handle(request(REGISTER, "register"))

    assert isinstance(first, Accepted)
    assert second == Accepted(first.commit, repeated=True)


async def test_another_command_under_a_used_id_is_told_so() -> None:
    store = await stocked()

    with pytest.raises(CommandIdReused):
        await service(store).handle(request(ReceiveStock(quantity=11), "receive"))


async def test_a_write_whose_answer_was_lost_is_answered_as_done() -> None:
    store = await stocked()
    store.lose_answers = 1

    outcome = await service(store).handle(request(ReceiveStock(quantity=5), "more"))

    assert isinstance(outcome, Accepted)
    assert not outcome.repeated
    assert len(store.commits()) == 3


async def test_a_write_of_which_nothing_is_known_is_not_guessed_at() -> None:
    store = await stocked()
    store.lose_writes = 1

    with pytest.raises(OutcomeUnknown):
        await service(store).handle(request(ReceiveStock(quantity=5), "more"))


class Unreadable(Interrupted):
    """A store that takes writes, and does not say what it holds."""

    async def find(self, *_args: Any) -> Any:
        raise StoreUnavailable("no answer")


async def test_a_lost_answer_that_cannot_be_looked_for_is_not_told_as_nothing_written() -> None:
    store = Unreadable()
    store.lose_answers = 1

    with pytest.raises(OutcomeUnknown):
        await service(store).handle(request(REGISTER, "register"))

    assert len(store.commits()) == 1


async def test_a_collision_that_cannot_be_looked_into_is_not_told_as_nothing_written() -> None:
    store = Unreadable()
    # Our own write may have been there first: an earlier copy of it.
    store.before = [[commit(1, record(ITEM), command_id="register")]]

    with pytest.raises(OutcomeUnknown):
        await service(store).handle(request(REGISTER, "register"))


async def test_a_refusal_that_cannot_be_confirmed_wrote_nothing() -> None:
    with pytest.raises(StoreUnavailable):
        await service(Unreadable()).handle(request(ReceiveStock(quantity=1), "c"))


async def test_a_lost_write_whose_place_another_took_is_decided_again() -> None:
    store = await stocked()
    store.before = [[commit(3, received(1))]]
    store.lose_writes = 1

    outcome = await service(store).handle(request(ReceiveStock(quantity=5), "more"))

    assert isinstance(outcome, Accepted)
    assert outcome.commit.version == 4


async def test_a_stream_with_a_gap_is_not_folded() -> None:
    store = await stocked()
    await store.append([commit(5, received(1))])

    with pytest.raises(BrokenStream, match="item-teapot: after version 2 comes 5"):
        await service(store).handle(request(ReceiveStock(quantity=5), "more"))


async def test_of_many_at_once_no_more_are_accepted_than_there_is_stock() -> None:
    store = await stocked(quantity=10)
    asked = [
        request(ReserveStock(reservation_id=f"r{n}", quantity=1), f"reserve-{n}") for n in range(20)
    ]

    outcomes = await asyncio.gather(*(service(store, 50).handle(one) for one in asked))

    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 10
    versions = [stored.version for stored in await whole(store, TEAPOT)]
    assert versions == list(range(1, 13))
