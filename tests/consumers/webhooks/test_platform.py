"""Events as the worker hands those of Event Grid's trigger over: in either schema, and with the same effect."""

import json
from typing import Any

import pytest
from azure.functions.eventgrid import EventGridEventInConverter
from azure.functions.meta import Datum

from consumers.webhooks.platform import from_platform
from shared.kernel.outside_event import OutsideEvent
from tests.consumers.webhooks.worlds import CARRIER, World, cloud, grid

DATA = {"orderId": "O1", "customerId": "C1"}
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def handed_over(event: dict[str, Any]) -> OutsideEvent:
    datum = Datum(type="json", value=json.dumps(event))
    return from_platform(EventGridEventInConverter.decode(datum, trigger_metadata={}))


@pytest.mark.parametrize("event", [cloud(), grid()], ids=["CloudEvents", "Event Grid"])
def test_an_event_is_read(event: dict[str, Any]) -> None:
    assert handed_over(event) == OutsideEvent("/carriers/fast", "p1", CARRIER, DATA)


def test_the_context_of_a_trace_is_read() -> None:
    assert handed_over(cloud(traceparent=TRACEPARENT)).traceparent == TRACEPARENT


def test_an_event_may_have_no_data_or_a_text() -> None:
    assert handed_over({**cloud(), "data": None}).data is None
    assert handed_over({**cloud(), "data": "text"}).data == "text"


async def test_an_event_that_comes_both_ways_takes_effect_once() -> None:
    world = World()

    await world.webhooks.handle([handed_over(grid())])
    await world.status([cloud()])

    assert world.effects() == [("order-O1", "DispatchRecorded")]
