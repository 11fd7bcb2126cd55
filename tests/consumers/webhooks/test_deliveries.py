"""What can be read out of a delivery, and what cannot."""

import base64
import json
from typing import Any

import pytest

from consumers.webhooks.deliveries import parse
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


HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "p%201",
    "ce-source": "/carriers/fast",
    "ce-type": CARRIER,
    "content-type": "application/json",
}


def test_attributes_may_come_as_headers() -> None:
    assert parse(HEADERS, body(DATA)) == [InboundEvent("/carriers/fast", "p 1", CARRIER, DATA)]
    (event,) = parse({**HEADERS, "ce-id": "%C3%A9"}, body(DATA))
    assert event.id == "\u00e9"


@pytest.mark.parametrize("name", ["ce-data", "ce-data_base64"])
def test_no_header_replaces_the_data(name: str) -> None:
    other = encoded(body({"orderId": "O2", "customerId": "C1"}))

    (event,) = parse({**HEADERS, name: other}, body(DATA))

    assert event.data == DATA


@pytest.mark.parametrize("value", ["%ff", "p%C3", "%ED%A0%80", "p%80%20"])
def test_two_ids_that_are_no_text_do_not_become_one(value: str) -> None:
    with pytest.raises(InvalidMessage, match="ce-id is not UTF-8"):
        parse({**HEADERS, "ce-id": value}, body(DATA))


@pytest.mark.parametrize("media", ["+json", "+JSON; charset=utf-8", "-batch+json"])
def test_what_is_structured_is_told_by_its_content_type(media: str) -> None:
    declared = {"ce-source": "/carriers/slow", "content-type": f"application/cloudevents{media}"}
    headers = {**HEADERS, **declared}

    assert parse(headers, body(cloud())) == [READ]
    assert parse(headers, body([cloud(), cloud()])) == [READ, READ]


def without_data(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in cloud(**more).items() if name != "data"}


def test_data_may_be_encoded() -> None:
    assert parse({}, body(without_data(data_base64=encoded(body(DATA))))) == [READ]


def test_the_context_of_a_trace_is_read() -> None:
    (event,) = parse({}, body(cloud(traceparent=TRACEPARENT)))

    assert event.traceparent == TRACEPARENT


@pytest.mark.parametrize(
    "time",
    ["2026-11-23T12:00:00Z", "2026-11-23T12:00:00.1234567Z", "2026-11-23T13:00:00+01:00", None],
)
def test_a_time_is_a_time(time: str | None) -> None:
    assert parse({}, body(cloud(time=time))) == [READ]


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
        (body(cloud(time="yesterday")), "time"),
        (body(cloud(time=7)), "time"),
        (body({**grid(), "eventTime": "2026-13-01T00:00:00Z"}), "eventTime"),
        (body(without_data(data_base64="!")), "data of event 0"),
        (body(cloud(data_base64=encoded(b"{}"))), "exclude each other"),
        (body([cloud(), cloud(data=None, data_base64=None)]), "event 1.*exclude each other"),
        (body(without_data(data_base64=encoded(b"no json"))), "data of event 0"),
        *(
            (body(without_data(data_base64=encoded(number))), "data of event 0")
            for number in BEYOND
        ),
    ],
)
def test_what_is_no_event_is_refused_with_its_place(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidMessage, match=sentence):
        parse({}, content)
