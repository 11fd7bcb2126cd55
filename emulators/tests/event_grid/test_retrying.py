"""What an answer of a webhook means: delivered, tried again, dead-lettered or dropped."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from emulators.tests.event_grid.grids import (
    DEAD_LETTERS,
    Grid,
    cloud_event,
    grid,
    grid_event,
)
from emulators.tests.event_grid.webhooks import Request, Webhook, serving
from emulators.tests.machine import limit

DELIVERED = (200, 201, 202, 203, 204)
RETRIED = (205, 301, 404, 405, 408, 409, 429, 500, 502, 503)
HOPELESS = {
    400: ("UndeliverableDueToHttpBadRequest", "BadRequest"),
    401: ("UndeliverableDueToHttpUnauthorized", "Unauthorized"),
    403: ("UndeliverableDueToHttpForbidden", "Forbidden"),
    413: ("UndeliverableDueToHttpRequestEntityTooLarge", "PayloadTooLarge"),
}


@pytest.mark.parametrize("status", DELIVERED)
async def test_a_success_is_the_end(status: int, grid: Grid, webhook: Webhook) -> None:
    webhook.status = status
    await grid.subscribe("cloud", webhook.url)

    await grid.publish("cloud", cloud_event())

    await grid.settled("cloud")
    assert len(webhook.deliveries) == 1


@pytest.mark.parametrize("status", RETRIED)
async def test_a_failure_is_tried_again_until_it_succeeds(
    status: int, grid: Grid, webhook: Webhook
) -> None:
    webhook.statuses = [status] * 3
    await grid.subscribe("cloud", webhook.url)

    await grid.publish("cloud", cloud_event())

    shown = await grid.settled("cloud")
    assert (shown["deadLettered"], shown["dropped"]) == (0, 0)
    assert webhook.ids == ["1"] * 4
    counts = [request.headers["aeg-delivery-count"] for request in webhook.deliveries]
    assert counts == ["0", "1", "2", "3"]
    outputs = {request.headers["aeg-output-event-id"] for request in webhook.deliveries}
    assert len(outputs) == 1


@pytest.mark.parametrize("status", HOPELESS)
async def test_a_hopeless_failure_is_dead_lettered_at_once(
    status: int, grid: Grid, webhook: Webhook
) -> None:
    webhook.status = status
    await grid.subscribe("classic", webhook.url, deadLetterDestination=DEAD_LETTERS)

    await grid.publish("classic", grid_event())

    [letter] = await grid.dead_letters("classic")
    assert len(webhook.deliveries) == 1
    reason, outcome = HOPELESS[status]
    assert letter["deadLetterReason"] == reason
    assert letter["lastDeliveryOutcome"] == outcome
    assert (letter["lastHttpStatusCode"], letter["deliveryAttempts"]) == (status, 1)


@pytest.mark.parametrize("status", HOPELESS)
async def test_without_a_destination_a_dead_letter_is_dropped(
    status: int, grid: Grid, webhook: Webhook
) -> None:
    webhook.status = status
    await grid.subscribe("classic", webhook.url)

    await grid.publish("classic", grid_event())

    shown = await grid.settled("classic")
    assert (shown["dropped"], shown["deadLettered"], len(webhook.deliveries)) == (1, 0, 1)


async def test_exhausted_attempts_are_dead_lettered_with_the_event(
    grid: Grid, webhook: Webhook
) -> None:
    webhook.status = 404
    await grid.subscribe(
        "classic",
        webhook.url,
        deadLetterDestination=DEAD_LETTERS,
        retryPolicy={"maxDeliveryAttempts": 3},
    )

    await grid.publish("classic", grid_event())

    [letter] = await grid.dead_letters("classic")
    assert len(webhook.deliveries) == 3
    assert (await grid.get("classic", "hook"))["failedAttempts"] == 3
    published, tried = letter.pop("publishTime"), letter.pop("lastDeliveryAttemptTime")
    assert datetime.fromisoformat(published) <= datetime.fromisoformat(tried)
    told = {
        "deadLetterReason": "MaxDeliveryAttemptsExceeded",
        "deliveryAttempts": 3,
        "lastDeliveryOutcome": "NotFound",
        "lastHttpStatusCode": 404,
    }
    assert letter == {**webhook.events[-1], **told}


async def test_the_dead_letter_of_a_cloud_event_has_names_without_capitals(
    grid: Grid, webhook: Webhook
) -> None:
    webhook.status = 400
    await grid.subscribe("cloud", webhook.url, deadLetterDestination=DEAD_LETTERS)

    await grid.publish("cloud", cloud_event())

    [letter] = await grid.dead_letters("cloud")
    assert letter["id"] == "1"
    assert letter.keys() - webhook.events[0].keys() == {
        "deadletterreason",
        "deliveryattempts",
        "lastdeliveryoutcome",
        "lasthttpstatuscode",
        "publishtime",
        "lastdeliveryattempttime",
    }


async def test_an_event_that_outlives_its_time_is_dead_lettered(
    grid: Grid, webhook: Webhook
) -> None:
    webhook.status = 500
    await grid.subscribe(
        "cloud",
        webhook.url,
        deadLetterDestination=DEAD_LETTERS,
        retryPolicy={"eventTimeToLiveInMinutes": 30, "maxDeliveryAttempts": 10},
    )

    await grid.publish("cloud", cloud_event())

    [letter] = await grid.dead_letters("cloud")
    assert letter["deadletterreason"] == "TimeToLiveExceeded"
    assert letter["deliveryattempts"] == len(webhook.deliveries) <= 6
    assert (letter["lastdeliveryoutcome"], letter["lasthttpstatuscode"]) == ("GenericError", 500)


async def test_no_answer_in_time_is_a_failure(tmp_path: Path, webhook: Webhook) -> None:
    async def never(_request: Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    webhook.delivery = never
    async with grid(tmp_path, timeout=limit(0.3)) as impatient:
        await impatient.subscribe(
            "cloud",
            webhook.url,
            deadLetterDestination=DEAD_LETTERS,
            retryPolicy={"maxDeliveryAttempts": 2},
        )
        await impatient.publish("cloud", cloud_event())

        [letter] = await impatient.dead_letters("cloud")

    assert letter["lastdeliveryoutcome"] == "TimedOut"
    assert (letter["lasthttpstatuscode"], letter["deliveryattempts"]) == (None, 2)


async def test_a_webhook_that_is_down_gets_its_events_when_it_is_up_again(tmp_path: Path) -> None:
    # A day takes minutes: no event can expire while the webhook comes up.
    async with grid(tmp_path, pace=600) as patient:
        async with serving(Webhook()) as down:
            await patient.subscribe("cloud", down.url)
            port = int(down.url.split(":")[2].partition("/")[0])
        await patient.publish("cloud", *map(cloud_event, range(5)))

        async with serving(Webhook(), port) as up:
            shown = await patient.settled("cloud")

    assert set(up.ids) == {"0", "1", "2", "3", "4"}
    assert shown["dropped"] == 0


async def test_one_poisonous_event_does_not_stop_the_others(grid: Grid, webhook: Webhook) -> None:
    async def choosy(request: Request) -> web.Response:
        return web.Response(status=400 if request.body["id"] == "3" else 200)

    webhook.delivery = choosy
    await grid.subscribe("cloud", webhook.url, deadLetterDestination=DEAD_LETTERS)

    await grid.publish("cloud", *map(cloud_event, range(6)))

    letters = await grid.dead_letters("cloud")
    assert [letter["id"] for letter in letters] == ["3"]
    assert len(webhook.deliveries) == 6


async def test_a_redirection_is_a_failure_and_is_not_followed(grid: Grid, webhook: Webhook) -> None:
    async def elsewhere(request: Request) -> web.Response:
        away = request.target == "/hook"
        return web.Response(status=307 if away else 200, headers={"Location": "/elsewhere"})

    webhook.delivery = elsewhere
    retry = {"maxDeliveryAttempts": 2}
    await grid.subscribe("cloud", webhook.url, retryPolicy=retry)

    await grid.publish("cloud", cloud_event())

    assert (await grid.settled("cloud"))["dropped"] == 1
    assert [request.target for request in webhook.deliveries] == ["/hook", "/hook"]
