"""Commands that wait for one stream: decided one after another, written together, each told its own outcome."""

import asyncio
from dataclasses import replace

from shared.domain.shop.item.commands import ReceiveStock
from shared.domain.shop.item.events import StockReserved
from shared.kernel.commands.category import record
from shared.kernel.commands.outcome import Accepted, Refused
from shared.kernel.errors import CommandIdReused, OutcomeUnknown
from tests.kernel.worlds import (
    commit,
    request,
    reserve,
    service,
    stocked,
    together,
)


async def test_a_hundred_that_wait_together_are_one_write() -> None:
    store, handling = await stocked(quantity=60)

    outcomes = await together(store, handling, [reserve(n) for n in range(100)])

    accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert (len(accepted), len(refused)) == (61, 39)
    assert [one.commit.version for one in accepted] == list(range(4, 65))
    assert store.requests == ["append", "find"]


async def test_more_than_a_hundred_are_two_writes() -> None:
    store, handling = await stocked(quantity=1000)

    outcomes = await together(store, handling, [reserve(n) for n in range(150)])

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert store.requests == ["append", "append"]


async def test_a_batch_of_refusals_only_writes_nothing_and_reads_once() -> None:
    store, handling = await stocked()

    outcomes = await together(store, handling, [reserve(n, quantity=99) for n in range(40)])

    assert all(isinstance(outcome, Refused) for outcome in outcomes)
    assert store.requests == ["find"]


async def test_one_command_twice_in_one_batch_takes_effect_once() -> None:
    store, handling = await stocked()

    first, second = await together(store, handling, [reserve(1, 6), reserve(1, 6)])

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert (first.repeated, second.repeated) == (False, True)
    assert first.commit == second.commit
    assert store.requests == ["append"]


async def test_two_commands_under_one_id_in_one_batch_are_not_one() -> None:
    store, handling = await stocked()
    other = replace(reserve(1, 6), command=ReceiveStock(quantity=1))

    first, second = await together(store, handling, [reserve(1, 6), other])

    assert isinstance(first, Accepted)
    assert isinstance(second, CommandIdReused)


async def test_twenty_old_repeats_among_a_hundred_cost_one_more_write() -> None:
    store, handling = await stocked(quantity=1000)
    olds = [request(ReceiveStock(quantity=1), f"old-{n}") for n in range(20)]
    stored = [await handling.handle(old) for old in olds]
    news = [reserve(n) for n in range(80)]
    mixed = [
        one for n, new in enumerate(news) for one in ([new, olds[n // 4]] if n % 4 == 0 else [new])
    ]

    outcomes = await together(store, handling, mixed)

    told = dict(zip([one.command_id for one in mixed], outcomes, strict=True))
    assert [told[old.command_id] for old in olds] == [
        Accepted(one.commit, repeated=True) for one in stored if isinstance(one, Accepted)
    ]
    assert all(isinstance(told[new.command_id], Accepted) for new in news)
    assert store.requests == ["append", "find", "append"]


async def test_a_refusal_behind_a_neighbour_that_conflicts_is_decided_again() -> None:
    store, handling = await stocked(quantity=10)
    # The rival takes 8 pieces; after that the 9 do not fit any more, and the 2 do.
    store.before = [[commit(4, record(StockReserved(reservation_id="rival", quantity=8)))]]

    nine, two = await together(store, handling, [reserve("nine", 9), reserve("two", 2)])

    assert isinstance(nine, Refused)
    assert isinstance(two, Accepted)
    assert two.commit.version == 5


async def test_a_refusal_on_warm_state_is_confirmed_because_another_host_may_have_written() -> None:
    store, here = await stocked(quantity=1)
    there = service(store)
    await there.handle(request(ReceiveStock(quantity=50), "delivery"))

    outcome = await here.handle(reserve("many", 40))

    assert isinstance(outcome, Accepted)
    assert outcome.commit.version == 4


async def test_a_repeat_that_another_host_stored_is_answered_with_its_commit() -> None:
    store, here = await stocked(quantity=10)
    there = service(store)
    asked = reserve("all", 10)
    metadata = replace(asked.metadata, correlation_id="another host")
    first = await there.handle(replace(asked, metadata=metadata))

    second = await here.handle(asked)

    assert isinstance(first, Accepted)
    assert second == Accepted(first.commit, repeated=True)


async def test_a_batch_of_which_nothing_is_known_and_that_lands_later_took_effect_once() -> None:
    store, handling = await stocked(quantity=100)
    requests = [reserve(n) for n in range(5)]
    store.lose_writes = 1

    outcomes = await together(store, handling, requests)
    assert all(isinstance(outcome, OutcomeUnknown) for outcome in outcomes)
    await store.land()
    again = [await handling.handle(one) for one in requests]

    assert all(isinstance(outcome, Accepted) and outcome.repeated for outcome in again)
    assert len(store.commits()) == 2 + 1 + 5


async def test_a_client_that_goes_away_does_not_stop_the_others() -> None:
    store, handling = await stocked()
    store.hold = asyncio.Event()
    first = asyncio.create_task(handling.handle(reserve("first")))
    await store.held.wait()
    gone, stays = (asyncio.create_task(handling.handle(reserve(who))) for who in ("gone", "stays"))
    await asyncio.sleep(0)
    first.cancel()
    gone.cancel()
    store.hold.set()

    outcome = await stays

    assert isinstance(outcome, Accepted)
    ids = [one.command_id for one in store.commits()]
    assert ids == ["register", "receive", "reserve-stays"]
