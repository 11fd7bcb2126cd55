"""An order that is stuck ends all the same, and gives back what it holds."""

from datetime import timedelta

from consumers.deadlines import PAGE, Deadlines
from consumers.projections import Projections
from shared.adapters.memory import MemoryLog, MemoryParking, MemoryRows
from shared.domain import domain
from shared.kernel.envelope import encode_all
from shared.kernel.ports import Log
from tests.consumers.process import Process
from tests.consumers.worlds import now


async def deadlines(process: Process, *, minutes: int) -> Deadlines:
    """Bring the rows up to date, and let some minutes pass."""
    rows, log = MemoryRows(), MemoryLog(partitions=4)

    async def give_log() -> Log:
        return log

    projections = Projections(domain.views, rows, process.store, MemoryParking(), give_log, now)
    await projections.project([b for commit in process.store.written for b in encode_all(commit)])
    later = now() + timedelta(minutes=minutes)
    return Deadlines(domain.deadlines, rows, process.store, process.dispatcher, lambda: later)


async def stuck(orders: int = 1) -> Process:
    """Place orders, the reactions to which are lost; all that comes later is not."""
    process = Process()
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
