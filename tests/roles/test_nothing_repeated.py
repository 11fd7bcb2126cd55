"""What a message holds is repeated nowhere: in no marker's error, no log, no span and no problem."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from shared.adapters import telemetry, wiring
from shared.adapters.cosmos.codec import to_item
from shared.kernel.errors import Poison
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.ports import Parking
from shared.kernel.validation_faults import told
from tests.kernel.worlds import commit, received
from tests.roles.test_operators import DECISION
from tests.roles.wired import CARRIER, FUNCTIONS, PARCEL, Wired, placed, stocked
from tests.telemetry.worlds import World

OURS = "bob@example.com"
NOON = "2026-11-23T12:00:00.000000Z"
ITEM = to_item(commit(1))
ENVELOPE: dict[str, Any] = json.loads(encode(next(envelopes(commit(1, received(1))))))
QUEUED: dict[str, Any] = {
    "stream": "item-TEA",
    "type": "ReceiveStock",
    "data": {"quantity": OURS},
    "commandId": "c1",
    "metadata": {"correlationId": "c1", "causationId": "c1", "time": NOON},
}
ITEMS: list[dict[str, Any]] = [
    {**ITEM, "version": OURS},
    {**ITEM, "events": OURS},
    {**ITEM, "metadata": {**ITEM["metadata"], "time": OURS}},
    {**ITEM, "events": [{"type": "StockReceived", "schema": OURS, "data": {"quantity": 1}}]},
    {**ITEM, "snapshot": {"schema": "item/1", "state": OURS}},
]
EVENTS: list[Any] = [
    OURS,
    {**ENVELOPE, "data": OURS},
    {**ENVELOPE, "sequence": OURS},
    {**ENVELOPE, "time": [OURS]},
    {**ENVELOPE, "dataschema": f"item/StockReceived/{OURS}"},
    {**ENVELOPE, "data": {"quantity": OURS}},
    {**ENVELOPE, "data": {"quantity": 1, OURS: 1}},
]
BODIES: dict[str, list[Any]] = {
    "projections": EVENTS,
    "reactions": EVENTS,
    "notifications": EVENTS,
    "mailbox": [OURS, QUEUED, {**QUEUED, "expected": OURS}, {**QUEUED, "data": {OURS: 1}}],
}
TOLD: list[dict[str, Any]] = [
    {**PARCEL, "time": OURS},
    {**PARCEL, "data": {"orderId": [OURS], "customerId": OURS}},
    {**PARCEL, "data": OURS},
    {**PARCEL, "data": None, "data_base64": OURS},
    {**PARCEL, "id": [OURS]},
    {"id": "1", "topic": "/t", "eventType": CARRIER, "eventTime": OURS},
]
type Seen = Callable[[], str]


@pytest_asyncio.fixture
async def seen(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Seen]:
    """All that is kept and logged of what goes wrong, and all that a span says."""
    world = World()
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    watched = telemetry.parking(wired.parking)

    async def parking() -> Parking:
        return watched

    monkeypatch.setattr(wiring, "parking", parking)
    caplog.set_level(logging.DEBUG)
    await stocked(wired)
    await placed(wired)

    def all_of_it() -> str:
        spans = [one.to_json() for one in world.spans.get_finished_spans()]
        return "\n".join([caplog.text, *spans])

    yield all_of_it
    assert OURS not in all_of_it()


async def errors(wired: Wired) -> list[str]:
    """What operators see in the list of what is parked."""
    _, shown = await wired.ask("parked")
    assert OURS not in json.dumps(shown)
    return [one["error"] for one in shown["parked"]]


@pytest.mark.parametrize("number", range(len(ITEMS)))
async def test_the_publisher_says_where_an_item_is_none(
    wired: Wired, seen: Seen, number: int
) -> None:
    await FUNCTIONS["single_publisher"](json.dumps([ITEMS[number]]))

    (error,) = await errors(wired)
    assert error.count("/") > 0, error
    assert f"parked: {error}" in seen()


@pytest.mark.parametrize("function", BODIES)
async def test_a_consumer_says_where_a_message_is_none(
    wired: Wired, seen: Seen, function: str
) -> None:
    bodies = [json.dumps(one).encode() for one in BODIES[function]]
    hub = wired.mailbox if function == "mailbox" else wired.log
    hub.messages[0].extend(bodies)
    await wired.deliver(function, hub)

    for error in await errors(wired):
        assert f"parked: {error}" in seen()
    for one in wired.parking.markers():
        route: dict[str, Any] = {"consumer": one.consumer, "stream": one.stream}
        _, answer = await wired.ask("release_parked", DECISION, **route)
        assert OURS not in json.dumps(answer)
    assert f"{function} batch" in seen()


@pytest.mark.parametrize("event", TOLD)
async def test_a_webhook_says_where_an_event_is_none(
    wired: Wired, seen: Seen, event: dict[str, Any]
) -> None:
    _, answer = await wired.ask("webhook", event)

    assert OURS not in json.dumps(answer)
    assert all(f"parked: {error}" in seen() for error in await errors(wired))


@pytest.mark.parametrize(
    "body", [{"name": [OURS]}, {"name": "x", "reorderPoint": OURS}, OURS, [OURS]]
)
async def test_a_command_that_is_none_is_told_its_places(
    wired: Wired, seen: Seen, body: object
) -> None:
    status, answer = await wired.command("item/POT/register-item", body)

    assert (status, OURS in json.dumps(answer)) == (400, False)
    assert "/" in answer["errors"][0]["pointer"] or body in (OURS, [OURS])
    assert "POST {category}/{id}/{command}" in seen()


async def test_a_question_that_is_none_is_told_its_places(wired: Wired, seen: Seen) -> None:
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = [
        ("view", {}, {"view": "stock", "key": OURS}),
        ("view_list", {"available": OURS}, {"view": "stock"}),
        ("view_list", {"after": OURS}, {"view": "stock"}),
        ("view_list", {}, {"view": OURS}),
        ("stream", {"at": OURS}, {"stream": "item-TEA"}),
        ("stream", {}, {"stream": f"item-{OURS}"}),
        ("stream", {}, {"stream": OURS}),
        ("parked", {"after": OURS}, {}),
        ("parked", {"stream": OURS}, {}),
    ]
    for function, params, route in asked:
        status, answer = await wired.ask(function, params=params, **route)
        assert (status in {400, 404}, OURS in json.dumps(answer)) == (True, False), answer
    assert "GET views/{view}/{key}" in seen()


def test_an_error_of_the_code_is_told_by_its_line() -> None:
    def fails() -> None:
        raise KeyError(OURS)

    with pytest.raises(KeyError) as raised:
        fails()

    assert told(raised.value).startswith("tests/roles/test_nothing_repeated.py, line ")
    assert str(Poison("item-TEA", 1, raised.value)) == f"item-TEA@1: KeyError: {told(raised.value)}"
    assert OURS not in str(Poison("item-TEA", 1, KeyError(OURS)))
