"""What can be read out of a delivery, and what cannot."""

import base64
import json
from typing import Any

import pytest

from consumers.webhooks.delivery_bodies import parse
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.inbound_event import InboundEvent
from tests.consumers.webhooks.worlds import CARRIER, cloud, grid

DATA = {"orderId": "O1", "customerId": "C1"}
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BEYOND = (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"1" + b"0" * 309)
READ = InboundEvent("/carriers/fast", "p1", CARRIER, DATA)


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def with_data(number: bytes) -> bytes:
    return body(cloud(data=["#"])).replace(b'"#"', number)


@pytest.mark.parametrize("event", [cloud(), grid()], ids=["CloudEvents", "Event Grid"])
def test_an_event_is_read_alone_and_in_a_batch(event: dict[str, Any]) -> None:
    assert parse({}, body(event)) == [READ]
    assert parse({}, body([event, event])) == [READ, READ]
    assert parse({}, body([])) == []


def test_both_schemas_may_come_in_one_delivery() -> None:
    assert parse({}, body([cloud(), grid()])) == [READ, READ]


def without_data(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in cloud(**more).items() if name != "data"}


def test_data_may_be_encoded() -> None:
    assert parse({}, body(without_data(data_base64=encoded(body(DATA))))) == [READ]


def test_the_context_of_a_trace_is_read() -> None:
    (event,) = parse({}, body(cloud(traceparent=TRACEPARENT)))

    assert event.traceparent == TRACEPARENT


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no JSON"),
        (b"\xff{", "no JSON"),
        (b"[" * 10_000, "no JSON"),
        (b'{"id": NaN}', "no JSON"),
        *((with_data(number), "no JSON") for number in BEYOND),
        (body("text"), "event 0"),
        (body([cloud(), None]), "event 1"),
        (body({"id": "p1"}), "eventType"),
        (body(cloud(specversion="0.3")), "specversion"),
        (body(cloud(id="")), "id"),
        (body(cloud(id=7)), "id"),
        (body(cloud(id="x" * 257)), "id"),
        (body(cloud(source="two words")), "source"),
        (body(without_data(data_base64="!")), "event 0"),
        (body(cloud(data_base64=encoded(b"{}"))), "exclude each other"),
        (body([cloud(), cloud(data=None, data_base64=None)]), "event 1.*exclude each other"),
        (body(without_data(data_base64=encoded(b"no json"))), "event 0"),
        *((body(without_data(data_base64=encoded(number))), "event 0") for number in BEYOND),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidMessage, match=sentence):
        parse({}, content)
