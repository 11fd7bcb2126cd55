"""Events are broadcast: to many handlers or to none, and no handler's failure hides another's."""

import asyncio

import pytest

from emulators.tests.waiting import in_time
from shared.domain.shop.item.events import ItemDiscontinued, StockReceived
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.message import Event
from shared.kernel.reactions.event_processor import EventProcessor, Handler
from tests.kernel.worlds import commit, received

EVENT = StockReceived(quantity=1)
(ENVELOPE,) = envelopes(commit(1, received(1)))


def noting(seen: list[str], name: str) -> Handler:
    async def handle(envelope: Envelope, _event: Event) -> None:
        seen.append(f"{name} {envelope.id}")

    return handle


def failing(seen: list[str], name: str) -> Handler:
    async def handle(_envelope: Envelope, _event: Event) -> None:
        seen.append(name)
        raise ArithmeticError(name)

    return handle


async def test_an_event_goes_to_all_handlers_of_its_type_and_to_no_other() -> None:
    processor, seen = EventProcessor(), list[str]()
    processor.register(StockReceived, noting(seen, "first"))
    processor.register(StockReceived, noting(seen, "second"))
    processor.register(ItemDiscontinued, noting(seen, "other"))

    await processor.process(ENVELOPE, EVENT)

    assert sorted(seen) == ["first item-teapot@1", "second item-teapot@1"]


async def test_an_event_that_concerns_nobody_is_no_error() -> None:
    processor, seen = EventProcessor(), list[str]()
    processor.register(ItemDiscontinued, noting(seen, "other"))

    await processor.process(ENVELOPE, EVENT)

    assert seen == []


async def test_handlers_run_side_by_side() -> None:
    processor, meeting, met = EventProcessor(), asyncio.Barrier(2), list[int]()

    async def meet(_envelope: Envelope, _event: Event) -> None:
        # Nobody comes by who waits for the other to be done first.
        met.append(await meeting.wait())

    processor.register(StockReceived, meet)
    processor.register(StockReceived, meet)

    async with in_time():
        await processor.process(ENVELOPE, EVENT)

    assert sorted(met) == [0, 1]


async def test_in_order_a_handler_begins_when_the_one_before_it_is_done() -> None:
    processor, seen = EventProcessor(in_order=True), list[str]()

    async def slow(_envelope: Envelope, _event: Event) -> None:
        await asyncio.sleep(0)
        seen.append("slow")

    processor.register(StockReceived, slow)
    processor.register(StockReceived, noting(seen, "quick"))

    await processor.process(ENVELOPE, EVENT)

    assert seen == ["slow", "quick item-teapot@1"]


@pytest.mark.parametrize("in_order", [True, False])
async def test_all_handlers_run_and_all_failures_are_raised_together(*, in_order: bool) -> None:
    processor, seen = EventProcessor(in_order=in_order), list[str]()
    for name in ("first", "second"):
        processor.register(StockReceived, failing(seen, name))
    processor.register(StockReceived, noting(seen, "third"))

    with pytest.raises(ExceptionGroup, match="StockReceived item-teapot@1") as raised:
        await processor.process(ENVELOPE, EVENT)

    assert seen == ["first", "second", "third item-teapot@1"]
    assert [str(error) for error in raised.value.exceptions] == ["first", "second"]
