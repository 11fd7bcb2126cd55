"""Reactions: an order goes its way over several streams, whatever comes twice, late or never at first."""

import asyncio
from dataclasses import replace
from typing import Any

from consumers.reaction_handlers import COMMANDS_AT_ONCE
from shared.domain.shop import domain
from shared.domain.shop.item.commands import ChangeReorderPoint, ReceiveStock, ReserveForOrder
from shared.domain.shop.order.commands import CancelOrder, RecordDispatch
from shared.kernel.commands.outcome import Outcome, Unchanged
from shared.kernel.commands.request import CommandRequest
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction
from tests.consumers.process import Process


async def test_an_order_for_which_everything_is_there_is_confirmed() -> None:
    process = Process()
    await process.stock("TEA", 5)
    await process.stock("CUP", 5)

    await process.place("7", TEA=2, CUP=5)
    await process.settle()

    assert (await process.order("7")).status == "confirmed"
    assert (await process.item("TEA")).reserved == {"7/TEA": 2}
    assert (await process.item("CUP")).available == 0


async def test_an_order_of_which_one_line_is_declined_is_rejected_and_holds_nothing() -> None:
    process = Process()
    await process.stock("TEA", 5)

    await process.place("7", TEA=2, CUP=1)
    await process.settle()

    assert (await process.order("7")).status == "rejected"
    assert await process.item("TEA") == replace(await process.item("TEA"), available=5, reserved={})


async def test_two_orders_that_each_hold_what_the_other_wants_may_both_be_rejected() -> None:
    process = Process()
    await process.stock("TEA", 1)
    await process.stock("CUP", 1)
    for order, first in (("7", "TEA"), ("8", "CUP")):
        await process.place(order, TEA=1, CUP=1)
        # Between two streams nothing is ordered: each order may be first at another item.
        reserve = ReserveForOrder(reservation_id=f"{order}/{first}", quantity=1)
        await process.tell(f"item-{first}", reserve)
    await process.settle()

    assert [(await process.order(id_)).status for id_ in ("7", "8")] == ["rejected", "rejected"]
    for sku in ("TEA", "CUP"):
        assert (await process.item(sku)).available == 1


async def test_a_cancelled_order_gives_everything_back() -> None:
    process = Process()
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.settle()

    await process.tell("order-7", CancelOrder())
    await process.settle()

    assert (await process.order("7")).status == "cancelled"
    assert (await process.item("TEA")).available == 5


async def test_a_dispatched_order_takes_its_stock_out_of_the_house() -> None:
    process = Process()
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.tell("order-7", RecordDispatch(customer_id="C1"))
    await process.settle()

    tea = await process.item("TEA")
    assert (await process.order("7")).status == "shipped"
    assert (tea.available, tea.reserved) == (3, {})


async def test_an_item_that_runs_low_asks_for_more_once_a_shortage() -> None:
    process = Process()
    await process.stock("TEA", 5, reorder_point=3)
    await process.place("7", TEA=4)
    await process.settle(times=2)
    await process.tell("item-TEA", ReceiveStock(quantity=10))
    await process.place("8", TEA=10)
    await process.settle(times=2)

    assert process.types("replenishment-TEA") == ["ReplenishmentRequested"] * 2


async def test_what_is_delivered_three_times_causes_nothing_new() -> None:
    once, often = Process(), Process()
    for process, times in ((once, 1), (often, 3)):
        await process.stock("TEA", 5)
        for order in ("7", "8", "9"):
            await process.place(order, TEA=2, CUP=1) if order == "8" else await process.place(
                order, TEA=2
            )
        await process.settle(times)

    def events(process: Process) -> dict[str, list[str]]:
        return {commit.stream: process.types(commit.stream) for commit in process.store.written}

    assert events(once) == events(often)


async def test_another_order_of_the_reactions_makes_the_same_commands() -> None:
    first, second = Process(), Process(replace(domain, receptors=domain.receptors[::-1]))
    for process in (first, second):
        await process.stock("TEA", 5)
        await process.place("7", TEA=2, CUP=1)
        await process.settle()

    def commands(process: Process) -> set[str]:
        return {commit.command_id for commit in process.store.written}

    assert commands(first) == commands(second)


async def test_the_chain_of_causes_is_carried() -> None:
    process = Process()
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.settle()

    placed = next(c for c in process.store.written if c.events[0].type == "OrderPlaced")
    reserved = next(c for c in process.store.written if c.events[0].type == "StockReserved")
    confirmed = process.store.written[-1]

    assert reserved.metadata.causation_id == "order-7@1"
    assert confirmed.metadata.causation_id == "item-TEA@3"
    chain = {c.metadata.correlation_id for c in (placed, reserved, confirmed)}
    assert chain == {placed.command_id}


async def test_a_reaction_of_another_version_of_the_code_is_the_same_command() -> None:
    process = Process()
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    batch = process.arrived()
    await process.reactions.react(batch)
    reserve = domain.receptors[0]

    def differently(stream: StreamName, event: Any) -> list[Reaction]:
        return [
            replace(one, command=one.command.model_copy(update={"quantity": 1}))
            for one in reserve.react(stream, event)
        ]

    newer = Process(
        replace(domain, receptors=(replace(reserve, react=differently), *domain.receptors[1:])),
        store=process.store,
    )
    await newer.reactions.react(batch)

    assert (await process.item("TEA")).reserved == {"7/TEA": 2}
    assert newer.parking.markers() == []


async def test_however_many_lines_and_orders_there_are_few_commands_are_on_their_way_at_once() -> (
    None
):
    process, under_way, counted = Process(), set[str](), list[int]()

    async def reserve(request: CommandRequest) -> Outcome:
        under_way.add(request.command_id)
        counted.append(len(under_way))
        await asyncio.sleep(0)
        under_way.remove(request.command_id)
        return Unchanged(version=0)

    process.dispatcher._handlers[ReserveForOrder] = reserve
    for order in range(10):
        await process.place(str(order), **{f"SKU{n}": 1 for n in range(50)})

    await process.settle()

    assert (len(counted), max(counted)) == (500, COMMANDS_AT_ONCE)


async def test_who_guesses_the_id_of_a_release_does_not_keep_the_stock_reserved() -> None:
    process = Process()
    await process.stock("TEA", 10)
    await process.place("A", TEA=10)
    await process.settle()
    guess = derived_id("order-A@4", "release-cancelled", StreamName("item", "TEA"), "TEA")
    # What a client can send of it: a key holds no space.
    key = guess.rpartition(" ")[2]
    await process.tell("item-TEA", ChangeReorderPoint(reorder_point=1), key)

    await process.tell("order-A", CancelOrder())
    await process.settle()

    assert (await process.item("TEA")).reserved == {}
    assert process.types("order-A")[-1] == "OrderCancelled"
