"""An order that is stuck ends all the same, and gives back what it holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consumers.deadlines import PAGE, Deadlines
from consumers.projections import Projections
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryLog,
    MemoryParking,
    MemoryProgress,
    MemoryRows,
)
from shared.adapters.names import DEADLINES
from shared.domain.shop import domain
from shared.domain.shop.order.commands import ExpireOrder, OrderLine, PlaceOrder
from shared.kernel.commands.decider import Refusal
from shared.kernel.commands.outcome import Outcome, Refused
from shared.kernel.commands.queued_command import encode_command, request_of, stream_of
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import InvalidMessage, StoreUnavailable
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, Log
from tests.consumers.process import Process
from tests.consumers.worlds import held, now
from tests.kernel.asking import NOON
from tests.kernel.worlds import request

ORDER, LINES = StreamName("order", "7"), (OrderLine(sku="TEA", quantity=1),)


async def deadlines(process: Process, *, minutes: int) -> Deadlines:
    """Bring the rows up to date, and let some minutes pass."""
    rows, log = MemoryRows(), MemoryLog(partitions=4)

    async def give_log() -> Log:
        return log

    projections = Projections(domain.views, rows, process.store, MemoryParking(), give_log, now)
    await projections.project([b for commit in process.store.written for b in encode_all(commit)])
    later = now() + timedelta(minutes=minutes)
    working = rows, process.store, process.dispatcher, process.parking, MemoryProgress()
    return Deadlines(domain.deadlines, *working, lambda: later)


async def stuck(orders: int = 1, store: MemoryEventStore | None = None) -> Process:
    """Place orders, the reactions to which are lost; all that comes later is not."""
    process = Process(store=store or MemoryEventStore())
    await process.stock("TEA", 5)
    for number in range(orders):
        await process.place(str(number), TEA=2)
    process.arrived()
    return process


async def test_an_order_that_waits_for_too_long_is_called_off() -> None:
    process = await stuck()

    assert await (await deadlines(process, minutes=16)).run() == 1
    await process.settle()

    assert (await process.order("0")).status == "cancelled"
    assert process.types("item-TEA")[-1] == "ReservationWithdrawn"


async def test_an_order_is_given_its_time() -> None:
    process = await stuck()

    assert await (await deadlines(process, minutes=14)).run() == 0
    assert (await process.order("0")).status == "placed"


async def test_an_order_that_waited_in_the_mailbox_is_given_all_of_its_time() -> None:
    twenty = timedelta(minutes=20)
    process = Process(now=lambda: now() + twenty)
    place = encode_command(request(PlaceOrder(customer_id="C1", lines=LINES), "c1", ORDER), NOON)
    waited = request_of(stream_of(place)[0], domain)

    await process.dispatcher.dispatch(waited)

    assert await (await deadlines(process, minutes=21)).run() == 0
    assert await (await deadlines(process, minutes=36)).run() == 1


async def test_two_hosts_that_look_at_once_call_it_off_once() -> None:
    process = await stuck()
    there = await deadlines(process, minutes=16)
    here = await deadlines(Process(store=process.store), minutes=16)

    assert [await here.run(), await there.run()] == [1, 0]
    assert process.types("order-0") == ["OrderPlaced", "OrderCancelled"]


async def test_orders_that_wait_fill_more_than_a_page() -> None:
    process = await stuck(orders=PAGE + 1)

    assert await (await deadlines(process, minutes=16)).run() == PAGE + 1


async def test_an_order_that_went_on_meanwhile_is_left_alone() -> None:
    process = Process()
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    late = await deadlines(process, minutes=16)
    await process.settle()

    assert await late.run() == 0
    assert (await process.order("7")).status == "confirmed"


class Unsound(MemoryEventStore):
    """A store in which one stream cannot be read any more, for one reason or another."""

    error: Exception | None = None

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        if str(stream) == "order-1" and self.error is not None:
            raise self.error
        return await super().tail(stream, limit, through)


async def unsound(orders: int, error: Exception) -> tuple[Unsound, Process]:
    """Get orders stuck, one of which cannot be read any more."""
    store = Unsound()
    process = await stuck(orders, store)
    store.error = error
    return store, process


async def test_an_order_that_cannot_be_read_is_parked_and_stops_no_other() -> None:
    _, process = await unsound(PAGE + 3, InvalidMessage("a commit that is none"))
    late = await deadlines(process, minutes=16)

    assert [await late.run(), await late.run()] == [PAGE + 2, 0]
    (marker,) = process.parking.markers()
    assert (marker.consumer, marker.stream, marker.version) == (DEADLINES, "order-1", 1)
    assert "a commit that is none" in marker.error


async def test_what_may_go_well_later_is_raised_when_the_others_are_done() -> None:
    _, process = await unsound(PAGE + 3, StoreUnavailable("no answer"))
    late = await deadlines(process, minutes=16)

    with pytest.raises(BaseExceptionGroup) as raised:
        await late.run()

    assert raised.group_contains(StoreUnavailable)
    cancelled = [(await process.order(str(n))).status for n in range(PAGE + 3) if n != 1]
    assert cancelled == ["cancelled"] * (PAGE + 2)
    assert process.parking.markers() == []


async def test_a_parked_order_is_looked_at_again_when_it_is_released() -> None:
    store, process = await unsound(2, InvalidMessage("a commit that is none"))
    late = await deadlines(process, minutes=16)
    await late.run()

    again = await late.replay(held("order-1", 1))
    assert isinstance(again, Parked)
    assert "a commit that is none" in again.error
    store.error = StoreUnavailable("no answer")
    with pytest.raises(StoreUnavailable):
        await late.replay(held("order-1", 1))
    store.error = None

    assert await late.replay(held("order-1", 1)) == 1
    assert (await process.order("1")).status == "cancelled"


async def test_a_parked_order_that_is_skipped_is_left_alone() -> None:
    _, process = await unsound(2, InvalidMessage("a commit that is none"))
    late = await deadlines(process, minutes=16)
    await process.parking.decide(
        Decision(DEADLINES, "order-1", 1, Action.SKIP, "hopeless", "ann", NOON)
    )

    assert await late.replay(held("order-1", 1)) == 1
    assert await late.run() == 1
    assert process.parking.markers() == []


async def test_what_has_no_deadline_is_released_for_nothing() -> None:
    late = await deadlines(await stuck(), minutes=16)

    assert await late.replay(held("item-TEA", 2)) == 2


async def test_an_order_that_refuses_to_be_called_off_is_parked_with_the_reason() -> None:
    process = await stuck()
    late = await deadlines(process, minutes=16)

    async def refuse(_request: CommandRequest) -> Outcome:
        return Refused(Refusal("never", "Not this one."), version=1)

    process.dispatcher._handlers[ExpireOrder] = refuse

    assert await late.run() == 0
    (marker,) = process.parking.markers()
    assert "ExpireOrder to order-0 was refused: Not this one." in marker.error


async def test_a_run_that_has_no_more_time_is_gone_on_with_by_the_next() -> None:
    process = await stuck(orders=2 * PAGE + 1)
    late = await deadlines(process, minutes=14)
    late = replace(late, now=lambda: now() + timedelta(minutes=16))

    took = [await late.run(seconds=0) for _ in range(4)]

    # The last of them begins anew, where nothing has to be called off any more.
    assert took == [PAGE, PAGE, 1, 0]
