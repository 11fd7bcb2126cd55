"""Events as the worker hands those of Event Grid's trigger over: in either schema, and with the same effect."""

import base64
import json
from typing import Any

import pytest
from azure.functions.eventgrid import EventGridEventInConverter
from azure.functions.meta import Datum

from consumers.webhooks.delivery_bodies import parse
from consumers.webhooks.event_grid_trigger import body_of
from tests.consumers.webhooks.worlds import CARRIER, World, cloud, grid
from tests.consumers.worlds import markers

DATA = {"orderId": "O1", "customerId": "C1"}
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def handed_over(event: Any) -> bytes:
    """Let the worker read an event, as JSON if it is none, and write it again as a delivery."""
    text = event if isinstance(event, str) else json.dumps(event)
    datum = Datum(type="json", value=text)
    return body_of(EventGridEventInConverter.decode(datum, trigger_metadata={}))


def encoded(data: bytes) -> dict[str, Any]:
    """Give a parcel whose data are encoded."""
    told = cloud(data_base64=base64.b64encode(data).decode())
    del told["data"]
    return told


ALIKE = {
    "CloudEvents": cloud(),
    "Event Grid": grid(),
    "a trace": cloud(traceparent=TRACEPARENT),
    "no data": {**cloud(), "data": None},
    "a text": cloud(data="text"),
    "encoded": encoded(json.dumps(DATA).encode()),
}


@pytest.mark.parametrize("event", ALIKE.values(), ids=ALIKE)
def test_an_event_is_read_as_the_webhook_reads_it(event: dict[str, Any]) -> None:
    assert parse({}, handed_over(event)) == parse({}, json.dumps(event).encode())


async def test_encoded_data_take_effect() -> None:
    world = World()

    await world.take(handed_over(encoded(json.dumps(DATA).encode())))

    assert world.effects() == [("order-O1", "DispatchRecorded")]


async def test_an_event_that_comes_both_ways_takes_effect_once() -> None:
    world = World()

    await world.take(handed_over(grid()))
    await world.status([cloud()])

    assert world.effects() == [("order-O1", "DispatchRecorded")]


UNREADABLE = {
    "not a number": json.dumps(cloud(data={"quantity": float("nan")})),
    "more than any number": json.dumps(cloud(data=["#"])).replace('"#"', "1e400"),
    "half a character": json.dumps(cloud(data="\ud800")),
    "encoded, and no JSON": json.dumps(encoded(b"no json")),
    "an id that is too long": json.dumps(cloud("x" * 257)),
    "a source with a space": json.dumps(cloud(source="two words")),
    "no topic": json.dumps({name: value for name, value in grid().items() if name != "topic"}),
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_the_webhook_would_refuse_is_parked_as_a_text(text: str) -> None:
    world = World()

    assert await world.status(text.encode()) == 400
    for _ in range(2):
        await world.take(handed_over(text))

    (marker,) = await markers(world.parking, "webhooks")
    assert "InvalidMessage: " in marker.error
    assert marker.envelope is not None
    # The platform told it as far as it understood it itself.
    kept = json.loads(marker.envelope["body"])
    assert (kept.get("type") or kept["eventType"]) == CARRIER
    json.dumps(marker.envelope, allow_nan=False).encode()
    assert world.effects() == []


async def test_a_large_text_that_nobody_can_read_is_parked_whole() -> None:
    world = World()
    body = handed_over(cloud("x" * 257, data="é" * 400_000))

    await world.take(body)

    (marker,) = await markers(world.parking, "webhooks")
    assert marker.envelope == {"body": body.decode()}


async def test_what_nobody_can_read_is_not_released_and_can_be_skipped() -> None:
    world = World()
    await world.take(handed_over(UNREADABLE["no topic"]))

    assert await world.decide("release") == 409
    assert await world.decide("skip") == 200
    await world.take(handed_over(UNREADABLE["no topic"]))

    assert await world.parked() == []
