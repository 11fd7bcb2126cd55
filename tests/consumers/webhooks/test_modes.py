"""How a delivery is read is told by its content type, and headers decode to what their sender meant."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.webhooks.delivery_bodies import parse
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.inbound_event import InboundEvent
from tests.consumers.webhooks.worlds import CARRIER, World, cloud, grid

DATA = {"orderId": "O1", "customerId": "C1"}
READ = InboundEvent("/carriers/fast", "p1", CARRIER, DATA)
HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "p1",
    "ce-source": "/carriers/fast",
    "ce-type": CARRIER,
    "content-type": "application/json",
}
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def read_id(header: str) -> str:
    (event,) = parse({**HEADERS, "ce-id": header}, body(DATA))
    return event.id


SPELLINGS = ["", "; charset=utf-8", ";charset=UTF-8", ' ; charset="utf-8"', "; x=y"]


@pytest.mark.parametrize("parameters", SPELLINGS)
@pytest.mark.parametrize("capitals", [False, True])
def test_headers_beside_a_structured_event_are_not_looked_at(
    parameters: str, *, capitals: bool
) -> None:
    declared = (STRUCTURED.upper() if capitals else STRUCTURED) + parameters
    headers = {**HEADERS, "ce-source": "/carriers/slow", "content-type": declared}

    assert parse(headers, body(cloud())) == [READ]


@pytest.mark.parametrize("parameters", SPELLINGS)
@pytest.mark.parametrize("events", [0, 1, 4])
def test_a_batch_loses_no_event_to_the_headers_of_its_first(parameters: str, events: int) -> None:
    headers = {**HEADERS, "content-type": BATCH + parameters}
    sent = [cloud(f"p{number}") for number in range(events)]

    assert [event.id for event in parse(headers, body(sent))] == [one["id"] for one in sent]


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        (STRUCTURED, [cloud()]),
        (STRUCTURED, []),
        (STRUCTURED, "text"),
        (STRUCTURED, grid()),
        (BATCH, cloud()),
        (BATCH, None),
        (BATCH, [grid()]),
        (BATCH, [[cloud()]]),
        (BATCH, [cloud(), grid()]),
        (BATCH, {}),
    ],
)
def test_what_is_not_what_it_is_declared_as_is_refused(declared: str, content: Any) -> None:
    with pytest.raises(InvalidMessage):
        parse({"content-type": declared}, body(content))


def test_a_delivery_that_is_declared_as_json_is_told_by_its_members() -> None:
    headers = {"content-type": "application/json", "ce-id": "elsewhere"}

    assert parse(headers, body([cloud(), grid()])) == [READ, READ]


@pytest.mark.parametrize("name", ["ce-data", "ce-data_base64"])
def test_no_header_replaces_the_data(name: str) -> None:
    other = encoded(body({"orderId": "O2", "customerId": "C1"}))

    (event,) = parse({**HEADERS, name: other}, body(DATA))

    assert event.data == DATA


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_no_id_falls_apart_however_its_header_is_written(id_: str) -> None:
    assert read_id(quote(id_, safe="")) == id_
    escaped = id_.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%25")
    assert read_id(f'"{escaped}"') == id_


HEADER = st.text(st.sampled_from('a%25FfC3 "\\9'), min_size=1, max_size=12)


@given(HEADER, HEADER)
def test_no_two_ids_fall_together(one: str, other: str) -> None:
    """What is read from two headers is one id only if both mean it: each is written again as it was meant."""

    def meaning(header: str) -> str | None:
        try:
            return read_id(header)
        except InvalidMessage:
            return None

    ids = meaning(one), meaning(other)
    if ids[0] is not None and ids[0] == ids[1]:
        assert read_id(quote(ids[0], safe="")) == ids[0]
        assert "%" not in ids[0] or "%25" in one


@pytest.mark.parametrize(
    ("header", "id_"),
    [
        ("p%201", "p 1"),
        ('"p 1"', "p 1"),
        ('"p%201"', "p 1"),
        ('"p\\"1"', 'p"1'),
        ('"p\\\\1"', "p\\1"),
        ('"p\\%31"', "p1"),
        ("p%2520", "p%20"),
        ("%22p1%22", '"p1"'),
        ('"p1', '"p1'),
        ("%C3%A9", "\u00e9"),
        ("%F0%9F%98%80", "\U0001f600"),
        ("p1\t", "p1"),
    ],
)
def test_quotes_are_taken_away_before_one_round_of_percents(header: str, id_: str) -> None:
    assert read_id(header) == id_


@pytest.mark.parametrize(
    "header",
    ["%ff", "p%C3", "%ED%A0%80", "p%80%20", "%C0%A0", '"%ff"', "100%", "%zz", "%2", "%%31"],
)
def test_two_ids_that_are_no_text_do_not_become_one(header: str) -> None:
    with pytest.raises(InvalidMessage, match="ce-id"):
        read_id(header)


@pytest.mark.parametrize(
    ("declared", "data", "carried"),
    [
        (None, b'{"a": 1}', {"a": 1}),
        (None, b"", None),
        ("application/json", b"[1]", [1]),
        ("Application/JSON; charset=utf-8", b"null", None),
        ("application/vnd.parcels+json", b'"x"', "x"),
        ("text/json", b"2", 2),
        ("text/plain", "ü".encode(), "ü"),
        ("text/plain; charset=latin-1", "ü".encode("latin-1"), "ü"),
        ('text/csv; header=absent; charset="utf-8"', b"a,b", "a,b"),
        ("text/plain", b"\xff", encoded(b"\xff")),
        ("text/plain; charset=none-such", b"x", encoded(b"x")),
        ("application/xml", b"<a/>", encoded(b"<a/>")),
        ("image/png", b"\x89PNG", encoded(b"\x89PNG")),
        ("application/octet-stream", b"", None),
    ],
)
def test_data_of_any_content_type_is_carried(
    declared: str | None, data: bytes, carried: Any
) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != "content-type"}
    said = {"content-type": declared} if declared else {}

    (event,) = parse({**headers, **said}, data)

    assert event.data == carried
    if data:
        typed = {"datacontenttype": declared} if declared else {}
        structured = {**cloud(), **typed, "data_base64": encoded(data)}
        del structured["data"]
        assert parse({"content-type": STRUCTURED}, body(structured)) == [event]


@pytest.mark.parametrize("declared", [None, "application/json", "text/json; charset=utf-8"])
@pytest.mark.parametrize("data", [b"{", b"NaN", b"\xff", b'{"a": 1, "a": 2}'])
def test_data_that_is_not_the_json_that_it_is_declared_as_is_refused(
    declared: str | None, data: bytes
) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != "content-type"}
    said = {"content-type": declared} if declared else {}

    with pytest.raises(InvalidMessage, match="JSON"):
        parse({**headers, **said}, data)


@pytest.mark.parametrize("headers", [{}, {"ce_specversion": "1.0", "ce_id": "p0"}])
async def test_every_event_of_a_batch_has_its_effect(headers: dict[str, str]) -> None:
    world = World()
    orders = [f"O{number}" for number in range(4)]
    sent = [cloud(one, data={"orderId": one, "customerId": "C1"}) for one in orders]

    assert await world.status(sent, content_type=BATCH, **headers) == 200

    assert sorted(stream for stream, _ in world.effects()) == [f"order-{one}" for one in orders]


@pytest.mark.parametrize("declared", ["text/plain", "application/xml", "image/png"])
async def test_what_a_receptor_cannot_read_is_parked_and_what_nobody_asks_for_is_taken(
    declared: str,
) -> None:
    world = World()
    headers = {
        **{name.replace("-", "_"): value for name, value in HEADERS.items()},
        "content_type": declared,
    }

    assert await world.status(b"<a/>", **headers) == 200
    assert len(await world.parked()) == 1
    assert await world.status(b"<a/>", **{**headers, "ce_type": "com.example.other"}) == 200
    assert (len(await world.parked()), world.effects()) == (1, [])


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "utf-7", "undefined", "no-such", "Punycode", "idna"]
)
def test_a_text_that_cannot_be_written_is_taken_as_its_bytes(charset: str) -> None:
    headers = {**HEADERS, "content-type": f"text/plain; charset={charset}"}

    # Half of a character: whoever lists what is parked could not be answered.
    (event,) = parse(headers, b"\\ud800+2AA-")

    assert event.data == "XHVkODAwKzJBQS0="
