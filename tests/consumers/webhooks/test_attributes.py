"""Which attributes of an event are looked at, and what they may be."""

import json
from collections.abc import Callable
from typing import Any

import azure.functions as func
import pytest

from consumers.webhooks.delivery_bodies import parse
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.inbound_event import InboundEvent
from tests.consumers.webhooks.worlds import CARRIER, DISPATCHED, SECRET, World, cloud, grid

READ = InboundEvent("/carriers/fast", "p1", CARRIER, {"orderId": "O1", "customerId": "C1"})
STRUCTURED = "application/cloudevents+json"


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-23T12:00:00Z",
        "2026-11-23t12:00:00z",
        "2016-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "2026-11-23T12:00:00.1Z",
        "2026-11-23T12:00:00.12345678901234567890Z",
        "2026-11-23T13:00:00+01:00",
        "2026-11-23T13:00:00-00:00",
        "0001-01-01T00:00:00+23:59",
        "2026-11-23 12:00:00Z",
        "yesterday",
        7,
        None,
    ],
)
def test_a_time_that_nobody_uses_refuses_no_event(time: Any) -> None:
    assert parse({"content-type": STRUCTURED}, body(cloud(time=time))) == [READ]
    assert parse({}, body({**grid(), "eventTime": time})) == [READ]


REFERENCES = [
    "/carriers/fast",
    "https://example.com:8080/a?b=c#d",
    "mailto:someone@example.com",
    "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    "cloudevents/spec/pull/123",
    "1-555-123-4567",
    "//host/path",
    "#fragment",
    "?query",
    "a%20b",
    "http://[2001:db8::7]/c=GB?objectClass?one",
    "./1:2",
]
NO_REFERENCES = ["two words", "é", "%zz", "1:2", "<x>", "a\\b", "a^b", '"x"', "a|b", "a#b#c", "[x]"]


@pytest.mark.parametrize("source", REFERENCES)
def test_a_source_may_be_relative(source: str) -> None:
    (event,) = parse({"content-type": STRUCTURED}, body(cloud(source=source)))

    assert event.source == source


@pytest.mark.parametrize("source", NO_REFERENCES)
def test_a_source_that_is_no_reference_is_refused(source: str) -> None:
    with pytest.raises(InvalidMessage, match="source"):
        parse({"content-type": STRUCTURED}, body(cloud(source=source)))


@pytest.mark.parametrize("schema", [one for one in REFERENCES if ":" in one[1:] and one[0] != "."])
def test_a_dataschema_is_absolute(schema: str) -> None:
    assert parse({"content-type": STRUCTURED}, body(cloud(dataschema=schema))) == [READ]


@pytest.mark.parametrize("schema", ["/schemas/1", "item/StockReceived/1", "", *NO_REFERENCES])
def test_a_relative_dataschema_is_refused(schema: str) -> None:
    with pytest.raises(InvalidMessage, match="dataschema"):
        parse({"content-type": STRUCTURED}, body(cloud(dataschema=schema)))


@pytest.mark.parametrize(
    "spell", [str, str.upper, str.title, str.capitalize, str.swapcase], ids=lambda one: one.__name__
)
@pytest.mark.parametrize("declared", ["application/json", "Application/JSON"])
async def test_the_names_of_headers_are_without_case(
    spell: Callable[[str], str], declared: str
) -> None:
    world = World()
    told = {
        "ce-specversion": "1.0",
        "ce-id": "p1",
        "ce-source": "/carriers/fast",
        "ce-type": CARRIER,
    }
    headers = {spell(name): value for name, value in told.items()}
    headers |= {spell("content-type"): declared, "webhook-secret": SECRET}
    asked = func.HttpRequest("POST", "/api/webhooks", headers=headers, body=body(READ.data))

    assert (await world.receiver.receive(asked)).status_code == 200
    # Under another spelling it is the same event.
    assert await world.status(cloud()) == 200
    assert world.effects() == [DISPATCHED]
