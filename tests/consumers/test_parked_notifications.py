"""What cannot be told is parked with its stream, and told or left untold when somebody decides."""

import json
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from shared.adapters.http.answering import answered
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.names import NOTIFICATIONS
from shared.domain.shop import domain
from shared.domain.shop.order.commands import CancelOrder
from shared.domain.shop.process.public_events import NamedLine
from shared.kernel.delivery.parking import Action, Decision, unreadable
from shared.kernel.errors import NotifierUnavailable
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.stream import StreamName
from tests.consumers.town import CONFIRMED, Away, Particular, confirmed, failing_for, with_enrich
from tests.consumers.worlds import held, now
from tests.kernel.asking import NOON


async def test_a_bug_parks_the_stream_and_no_other() -> None:
    town = await confirmed("7", "8", domain=failing_for("7"))

    await town.notify()

    (marker,) = town.parking.markers()
    assert (marker.consumer, marker.stream) == (NOTIFICATIONS, "order-7")
    assert (marker.version, marker.last_seen) == (3, 3)
    assert "ZeroDivisionError" in marker.error
    assert town.told() == [("order-8", CONFIRMED)]


async def test_later_events_of_a_parked_stream_only_move_what_was_seen() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()
    await town.process.tell("order-7", CancelOrder())

    await town.notify()

    (marker,) = town.parking.markers()
    assert (marker.version, marker.last_seen) == (3, 4)
    assert town.told() == []


async def test_a_notification_that_fits_into_no_request_is_poison() -> None:
    def enrich(stream: StreamName, event: Any, found: Any) -> Any:
        told = domain.enrichers[0].enrich(stream, event, found)
        return told.model_copy(update={"customer_id": "x" * (stream.id == "7") * 1_048_576})

    town = await confirmed("7", "8", domain=with_enrich(enrich))

    await town.notify()

    (marker,) = town.parking.markers()
    assert marker.stream == "order-7"
    assert "NotificationTooLarge" in marker.error
    assert town.told() == [("order-8", CONFIRMED)]


async def test_a_notification_with_a_number_that_others_would_read_otherwise_is_poison() -> None:
    def enrich(stream: StreamName, event: Any, found: Any) -> Any:
        told = domain.enrichers[0].enrich(stream, event, found)
        many = NamedLine(sku="teapot", quantity=2**53, name="Teapot")
        return told.model_copy(update={"lines": (many,)}) if stream.id == "7" else told

    town = await confirmed("7", "8", domain=with_enrich(enrich))

    await town.notify()

    (marker,) = town.parking.markers()
    assert "order-7@3: NumberTooLarge: lines: an integer is more than" in marker.error
    assert town.told() == [("order-8", CONFIRMED)]


async def test_what_the_topic_will_never_take_parks_its_stream_and_no_other() -> None:
    town = await confirmed("7", "8", "9", notifier=Particular("order-7", "order-9"))
    await town.process.tell("order-7", CancelOrder())

    await town.notify()

    first, second = sorted(town.parking.markers(), key=lambda marker: marker.stream)
    assert (first.stream, first.version, first.last_seen) == ("order-7", 3, 4)
    assert (second.stream, second.version, second.last_seen) == ("order-9", 3, 3)
    assert "NotificationRefused: order-7@3" in first.error
    assert "400: it is malformed" in first.error
    assert first.envelope is not None
    assert first.envelope["id"] == "order-7@3"
    assert town.told() == [("order-8", CONFIRMED)]


async def test_what_the_topic_takes_by_now_is_told_when_it_is_released() -> None:
    town = await confirmed("7", notifier=Particular("order-7"))
    await town.notify()
    assert isinstance(town.notifier, Particular)
    operations = Operations(NOTIFICATIONS, town.parking, town.notifications.replay, now)

    assert (await answered(operations.release(asked("release", "order-7")))).status_code == 409
    town.notifier.streams = ()
    assert (await answered(operations.release(asked("release", "order-7")))).status_code == 200

    assert town.parking.markers() == []
    assert town.told() == [("order-7", CONFIRMED)]


async def test_what_the_topic_will_never_take_can_be_skipped() -> None:
    town = await confirmed("7", notifier=Particular("order-7"))
    await town.notify()

    operations = Operations(NOTIFICATIONS, town.parking, town.notifications.replay, now)
    assert (await answered(operations.skip(asked("skip", "order-7", version=3)))).status_code == 200
    await town.notify()

    assert town.parking.markers() == []


async def test_a_row_that_nobody_can_read_is_poison() -> None:
    town = await confirmed("7")
    await town.project()
    (stored,) = [s for s in town.rows._rows.values() if s.row.at.view == "stock"]
    broken = replace(stored, row=replace(stored.row, data={"name": 7}))
    town.rows._rows[stored.row.at] = broken

    await town.notify()

    (marker,) = town.parking.markers()
    assert (
        marker.error
        == "order-7@3: InvalidMessage: /name string_type: Input should be a valid string"
    )


async def test_what_cannot_be_read_is_parked_apart() -> None:
    town = await confirmed("7")
    placed = next(c for c in town.process.store.written if c.stream == "order-7")
    (envelope,) = envelopes(placed)
    unknown = envelope.model_copy(update={"type": "OrderMelted"})

    await town.notifications.notify([b"{", encode(unknown)])

    assert {marker.stream for marker in town.parking.markers()} == {"order-7", unreadable(b"{")}


def asked(action: str, stream: str, version: int | None = None) -> func.HttpRequest:
    body = {"by": "ann", "reason": f"to {action} it", "from": version}
    return func.HttpRequest(
        method="POST",
        url="/api/operations/parked",
        route_params={"stream": stream},
        body=json.dumps(body).encode(),
    )


async def test_a_mended_stream_is_told_to_its_tail_when_it_is_released() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()
    await town.process.tell("order-7", CancelOrder())
    await town.notify()
    town.domain = domain

    operations = Operations(NOTIFICATIONS, town.parking, town.notifications.replay, now)
    response = await answered(operations.release(asked("release", "order-7")))

    assert response.status_code == 200
    assert town.parking.markers() == []
    assert [type_ for _, type_ in town.told()] == [CONFIRMED, "onewrite.order.cancelled.v1"]


async def test_what_is_skipped_is_never_told_and_what_follows_is() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()
    await town.process.tell("order-7", CancelOrder())
    await town.notify()

    operations = Operations(NOTIFICATIONS, town.parking, town.notifications.replay, now)
    assert (await answered(operations.skip(asked("skip", "order-7", version=3)))).status_code == 200
    await town.notify()

    assert town.parking.markers() == []
    assert set(town.told()) == {("order-7", "onewrite.order.cancelled.v1")}


async def test_a_stream_that_is_not_mended_stays_parked() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    await town.notify()

    operations = Operations(NOTIFICATIONS, town.parking, town.notifications.replay, now)
    response = await answered(operations.release(asked("release", "order-7")))

    assert response.status_code == 409
    assert len(town.parking.markers()) == 1


async def test_what_came_before_the_poison_is_told_before_its_stream_is_parked() -> None:
    """Once it is parked, what came before would never be told."""
    cancelled = domain.enrichers[2]

    def enrich(_stream: StreamName, _event: Any, _found: Any) -> Any:
        raise ZeroDivisionError("a bug")

    failing = replace(cancelled, enrich=enrich)
    wrong = replace(domain, enrichers=(*domain.enrichers[:2], failing), feeds=())
    town = await confirmed("7", domain=wrong, notifier=Away(5))
    await town.process.tell("order-7", CancelOrder())

    with pytest.raises(ExceptionGroup) as raised:
        await town.notify()
    assert raised.group_contains(NotifierUnavailable)
    assert town.parking.markers() == []
    await town.notify()

    assert town.told() == [("order-7", CONFIRMED)]
    assert [marker.version for marker in town.parking.markers()] == [4]


async def test_a_skip_is_obeyed_when_the_event_comes_again() -> None:
    town = await confirmed("7", domain=failing_for("7"))
    skip = Decision(NOTIFICATIONS, "order-7", 3, Action.SKIP, reason="a bug", by="ann", time=NOON)
    await town.parking.decide(skip)

    await town.notify()

    assert town.parking.markers() == []
    assert await town.notifications.replay(held("order-7", 1)) == 3
