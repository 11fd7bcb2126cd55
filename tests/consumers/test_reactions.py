"""Reactions: an order goes its way over several streams, whatever comes twice, late or never at first."""

from dataclasses import replace
from typing import Any

import pytest

from consumers.reactions import CONSUMER
from shared.adapters.memory import MemoryEventStore
from shared.domain import domain
from shared.domain.item.commands import ReceiveStock
from shared.domain.order.commands import CancelOrder, RecordDispatch
from shared.kernel.envelope import encode, envelopes
from shared.kernel.errors import StoreThrottled
from shared.kernel.parking import UNREADABLE, Decision
from shared.kernel.ports import Appended, Collided
from shared.kernel.receptor import Reaction
from shared.kernel.stream import StreamName
from tests.consumers.process import Process
from tests.kernel.worlds import NOON


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


class Shaky(MemoryEventStore):
    """A store that has to be asked again, so many times a stream."""

    def __init__(self, stream: str, times: int) -> None:
        super().__init__()
        self.stream, self.times = stream, times

    async def append(self, commits: Any) -> Appended | Collided:
        if commits[0].stream == self.stream and self.times > 0:
            self.times -= 1
            raise StoreThrottled("throttled")
        return await super().append(commits)


async def test_a_fault_that_passes_is_waited_for() -> None:
    process = Process(store=Shaky("item-TEA", 0))
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    assert isinstance(process.store, Shaky)
    process.store.times = 4

    await process.settle()

    assert (await process.order("7")).status == "confirmed"


async def test_a_fault_that_lasts_never_parks_and_the_others_are_served() -> None:
    process = Process(store=Shaky("item-TEA", 0))
    await process.stock("TEA", 5)
    await process.stock("CUP", 5)
    await process.place("7", TEA=2, CUP=1)
    await process.place("8", CUP=1)
    assert isinstance(process.store, Shaky)
    process.store.times = 5
    batch = process.arrived()

    with pytest.raises(BaseExceptionGroup) as raised:
        await process.reactions.react(batch)

    assert raised.group_contains(StoreThrottled)
    assert process.parking.markers() == []
    assert (await process.item("CUP")).reserved == {"7/CUP": 1, "8/CUP": 1}
    await process.reactions.react(batch)
    await process.settle()
    assert (await process.order("7")).status == "confirmed"


def failing_for(order: str) -> Process:
    """A deployment whose first receptor has a bug that one order meets."""
    reserve = domain.receptors[0]

    def react(stream: StreamName, event: Any) -> Any:
        if stream.id == order:
            raise ZeroDivisionError("a bug")
        return reserve.react(stream, event)

    return Process(
        replace(domain, receptors=(replace(reserve, react=react), *domain.receptors[1:]))
    )


async def test_a_bug_parks_the_stream_and_no_other() -> None:
    process = failing_for("7")
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.place("8", TEA=2)
    await process.settle()
    await process.tell("order-7", CancelOrder())
    await process.settle()

    (marker,) = process.parking.markers()
    assert (marker.consumer, marker.stream) == (CONSUMER, "order-7")
    assert (marker.version, marker.last_seen) == (1, 2)
    assert "ZeroDivisionError" in marker.error
    assert (await process.order("8")).status == "confirmed"


async def test_a_mended_stream_is_replayed_to_its_tail() -> None:
    process = failing_for("7")
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.settle()
    mended = Process(store=process.store, parking=process.parking, position=process.position)

    assert await mended.reactions.replay(StreamName("order", "7"), 1) == 1
    await mended.settle()

    assert (await mended.order("7")).status == "confirmed"


async def test_what_was_skipped_is_passed_over_when_it_comes_again() -> None:
    process = failing_for("7")
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.parking.decide(
        Decision(CONSUMER, "order-7", 1, "skip", reason="a bug", by="ann", time=NOON)
    )
    await process.tell("order-7", CancelOrder())
    await process.settle()

    assert process.parking.markers() == []
    assert process.types("item-TEA")[-1] == "ReservationWithdrawn"
    assert await process.reactions.replay(StreamName("order", "7"), 1) == 2


async def test_a_refused_reaction_parks_with_the_reason() -> None:
    reserve = domain.receptors[0]

    def react(stream: StreamName, event: Any) -> Any:
        # A command of customers is no process command: it may be refused.
        return [Reaction(stream, CancelOrder(), key="cancel")] * (event.lines[0].sku == "TEA")

    wrong = replace(reserve, target=domain.category("order"), command=CancelOrder, react=react)
    process = Process(replace(domain, receptors=(wrong,)))
    await process.place("7", CUP=1)
    await process.tell("order-7", CancelOrder())
    await process.place("8", TEA=1)
    await process.tell("order-8", RecordDispatch(customer_id="C1"))
    await process.settle()

    (marker,) = process.parking.markers()
    assert marker.stream == "order-8"
    assert "CancelOrder to order-8 was refused: The goods have left the house." in marker.error


async def test_what_cannot_be_read_is_parked_apart() -> None:
    process = Process()
    await process.place("7", CUP=1)
    (placed,) = envelopes(process.store.written[0])
    unknown = placed.model_copy(update={"type": "OrderMelted"})

    await process.reactions.react([b"{", encode(unknown)])

    first, second = sorted(process.parking.markers(), key=lambda marker: marker.stream)
    assert (first.stream, second.stream) == ("order-7", UNREADABLE)


async def test_several_reactions_that_fail_are_all_told() -> None:
    def react(_stream: StreamName, _event: Any) -> Any:
        raise ZeroDivisionError("a bug")

    reserve = domain.receptors[0]
    both = [replace(reserve, name=name, react=react) for name in ("one", "two")]
    process = Process(replace(domain, receptors=tuple(both)))

    await process.place("7", TEA=2)
    await process.settle()

    (marker,) = process.parking.markers()
    assert "ReactionFailed: ZeroDivisionError: a bug; ZeroDivisionError: a bug" in marker.error
