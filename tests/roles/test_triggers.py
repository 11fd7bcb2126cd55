"""What all triggers of a kind share: problems, endless retry, telemetry, the place."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest
from pydantic_core import to_json

from consumers.hub_triggers import hub_function
from shared.adapters import telemetry, wiring
from shared.adapters.cosmos.codec import to_item
from shared.adapters.otel.metric_names import FAILURES
from shared.kernel.errors import StoreThrottled, StoreUnavailable
from tests.consumers.webhooks.worlds import cloud
from tests.functions import FUNCTIONS, OPEN
from tests.kernel.worlds import commit
from tests.roles.wired import Wired
from tests.telemetry.worlds import World

BINDINGS: dict[str, Any] = {name: found.get_trigger() for name, found in FUNCTIONS.items()}
OF_STREAMS = {"single_publisher", "projections", "reactions", "notifications", "feeds", "mailbox"}
POLLED = "carrier = https://carrier.example/feed | * | *"
TIMERS = {"sweep", "catch_up", "deadlines", "polling", "rebuild", "measure"}


def of(kind: str) -> set[str]:
    return {name for name, trigger in BINDINGS.items() if trigger.type == kind}


def raising(error: BaseException) -> Callable[..., Any]:
    async def fail(*_: object) -> object:
        raise error

    return fail


def test_every_trigger_on_a_stream_has_the_one_policy_without_end() -> None:
    policies = {
        name: FUNCTIONS[name].get_settings_dict("retry_policy")
        for name in of("eventHubTrigger") | of("cosmosDBTrigger")
    }

    assert policies.keys() == OF_STREAMS
    assert all(policy == policies["mailbox"] for policy in policies.values())
    assert (policies["mailbox"] or {})["max_retry_count"] == "-1"


@pytest.mark.parametrize("function", sorted(TIMERS))
async def test_a_timer_that_fails_is_counted_under_its_name_and_fails(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    world = World()
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    monkeypatch.setenv("POLLED_FEEDS", POLLED)
    for port in ("feed", "rows", "parking"):
        monkeypatch.setattr(wiring, port, raising(StoreUnavailable("gone")))

    with pytest.raises(StoreUnavailable):
        await wired.tick(function)

    assert of("timerTrigger") == TIMERS
    assert world.measured(FAILURES) == {(function,): 1}


async def failed(monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """Let a function fail as the platform calls it."""
    world = World()
    monkeypatch.setattr(telemetry, "watcher", lambda: world.watcher)
    monkeypatch.setenv("POLLED_FEEDS", POLLED)
    ports = ("feed", "rows", "parking", "event_store", "event_reader", "log", "progress", "warm")
    for port in ports:
        monkeypatch.setattr(wiring, port, raising(StoreUnavailable("of somebody")))
    item = to_json([to_item(commit(7))]).decode()
    messages = [func.EventHubEvent(body=b"{}", sequence_number=number) for number in (41, 42)]
    given: dict[str, list[object]] = {
        "cosmosDBTrigger": [item],
        "eventHubTrigger": [messages],
        "eventGridTrigger": [
            func.EventGridEvent(
                id="e7",
                data={},
                topic="t",
                subject="s",
                event_type="k",
                event_time=None,
                data_version="1",
            )
        ],
        "warmupTrigger": [None],
        "timerTrigger": [None],
    }
    call = FUNCTIONS[function].get_user_function()
    with pytest.raises(StoreUnavailable):
        await call(*given[BINDINGS[function].type])
    assert world.measured(FAILURES) == {(STAGES.get(function, function),): 1}


STAGES = {"inbound_event": "webhooks"}
MET = {
    "single_publisher": " on 1 items, of which item-teapot@7 is the first",
    "inbound_event": " on event e7",
    **dict.fromkeys(OF_STREAMS - {"single_publisher"}, " on messages 41 to 42"),
}


@pytest.mark.parametrize("function", sorted(BINDINGS.keys() - of("httpTrigger")))
@pytest.mark.usefixtures("wired")
async def test_every_trigger_logs_what_it_fails_with_once_and_with_what_it_was_at_work_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, function: str
) -> None:
    """With OpenTelemetry the host drops what functions raise."""
    monkeypatch.setenv("WEBSITE_SITE_NAME", "func-consumers")

    await failed(monkeypatch, function)

    (logged,) = (one for one in caplog.records if one.levelno >= logging.ERROR)
    stage = STAGES.get(function, function)
    assert logged.getMessage() == f"{stage} failed{MET.get(function, '')}: StoreUnavailable"
    assert logged.exc_info
    assert logged.exc_info[0] is StoreUnavailable
    text = logging.Formatter().format(logged)
    assert "in fail" in text
    assert "of somebody" not in text


# The webhook opens the store for whom it lets in, and has its own answer: see below.


@pytest.mark.parametrize("function", sorted(of("httpTrigger") - OPEN))
async def test_every_function_on_a_route_tells_of_a_store_that_is_away(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    for port in ("event_store", "event_reader", "parking", "rows", "feed", "attempts"):
        monkeypatch.setattr(wiring, port, raising(StoreThrottled("busy")))

    status, told = await wired.ask(function, consumer="projections", stream="item-TEA")

    assert (status, told["code"]) == (429, "throttled")


async def test_a_delivery_that_meets_a_store_that_is_away_is_to_come_again(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "parking", raising(StoreThrottled("busy")))

    status, told = await wired.ask("webhook", [cloud()])

    assert (status, told["code"]) == (503, "throttled")


async def test_what_nobody_foresaw_is_a_problem_that_tells_nothing_and_is_logged_once(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wiring, "parking", raising(ZeroDivisionError("the inner life")))

    status, told = await wired.ask("parked")

    assert (status, told["code"], told["status"]) == (500, "internal", 500)
    assert "inner life" not in json.dumps(told)
    logged = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.exc_info[0] for one in logged if one.exc_info] == [ZeroDivisionError]
    assert logged[0].getMessage() == f"parked failed, trace {told['traceId']}"


async def test_a_batch_that_fails_notes_no_place(wired: Wired) -> None:
    await wired.command("item/TEA/register-item", {"name": "Tea", "reorderPoint": 1})
    await wired.publish()
    (body,) = [body for bodies in wired.log.messages for body in bodies]
    wired.rows.read = raising(StoreUnavailable("gone"))  # type: ignore[method-assign]
    event = func.EventHubEvent(body=body, sequence_number=7)

    with pytest.raises(StoreUnavailable):
        await FUNCTIONS["projections"].get_user_function()([event])

    assert await wired.noted("projections", "item-TEA") is None


async def test_a_scheduled_command_that_cannot_be_handed_over_stops_no_other_and_no_deadline(
    wired: Wired,
) -> None:
    body = {"customerId": "C1", "lines": [{"sku": "TEA", "quantity": 2}]}
    await wired.command("order/7/place-order", body)
    await wired.publish()
    await wired.deliver("projections")
    for sku in ("TEA", "MILK"):
        await wired.command(
            f"item/{sku}/register-item",
            {"name": sku, "reorderPoint": 1},
            prefer="respond-async",
            not_before=(wired.later + timedelta(minutes=1)).isoformat(),
        )
    one = next(row for row in wired.rows.all() if row.at.stream == "item-TEA")
    # As code that is newer may keep it.
    del one.data["message"]
    wired.later += timedelta(hours=1)

    with pytest.raises(BaseExceptionGroup, match="not all that is due was done"):
        await wired.tick("deadlines")

    told = [event.type for commit in wired.store.written for event in commit.events]
    assert {"OrderCancelled", "ItemRegistered"} <= set(told)


async def test_feeds_that_cannot_be_filled_fail_the_timer_of_the_rebuild(wired: Wired) -> None:
    async def away(_name: str) -> str | None:
        raise StoreUnavailable("away")

    wired.patch.setattr(wired.progress, "read", away)

    with pytest.raises(ExceptionGroup, match="not all went on"):
        await wired.tick("rebuild")


def test_a_consumer_that_the_business_does_not_want_is_not_declared() -> None:
    blueprint = func.Blueprint()

    async def feeds(_: object) -> None:
        raise AssertionError

    hub_function(blueprint, "events", "feeds", wanted=False)(feeds)

    assert blueprint._function_builders == []
