"""The handshakes when a subscription is made: what the webhook is asked, and which answers count."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from emulators.tests.event_grid.grids import (
    CLOUD,
    GRID,
    Grid,
    cloud_event,
    grid,
    subscription,
)
from emulators.tests.event_grid.webhooks import Request, Webhook, agree, serving
from emulators.tests.machine import limit

type Handshake = Callable[[Request], Awaitable[web.Response]]

ORIGIN = "eventgrid.azure.net"
TOPIC = {CLOUD: "cloud", GRID: "classic"}
SECRET = {"name": "X-Secret", "type": "Static", "properties": {"value": "s", "isSecret": True}}


def answering(status: int = 200, body: str = "", **headers: str) -> Handshake:
    """Answer every handshake alike; underscores in the names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_request: Request) -> web.Response:
        return web.Response(status=status, text=body, headers=named)

    return answer


async def accepted(request: Request) -> web.Response:
    return web.json_response(json.loads((await agree(request)).text or ""), status=202)


async def another_code(_request: Request) -> web.Response:
    return web.json_response({"validationResponse": "another"})


ALLOWED: dict[str, Handshake] = {
    "its own origin": answering(WebHook_Allowed_Origin=ORIGIN, WebHook_Allowed_Rate="120"),
    "no rate": answering(WebHook_Allowed_Origin=ORIGIN),
    "any origin": answering(WebHook_Allowed_Origin="*", WebHook_Allowed_Rate="*"),
    "no content": answering(204, WebHook_Allowed_Origin="*", WebHook_Allowed_Rate="*"),
}
REFUSED: dict[tuple[str, str], Handshake] = {
    (CLOUD, "WebHook-Allowed-Origin is ''"): answering(),
    (CLOUD, "WebHook-Allowed-Origin is 'example.com'"): answering(
        WebHook_Allowed_Origin="example.com", WebHook_Allowed_Rate="*"
    ),
    (CLOUD, "WebHook-Allowed-Rate is '0'"): answering(
        WebHook_Allowed_Origin="*", WebHook_Allowed_Rate="0"
    ),
    (CLOUD, "OPTIONS request failed with response code 405"): answering(405),
    (GRID, "POST request failed with response code 202"): accepted,
    (GRID, "POST request failed with response code 404"): answering(404),
    (GRID, "is another code"): another_code,
    (GRID, "does not support validation by hand"): answering(200, "hello"),
}


async def test_a_webhook_of_cloud_events_is_asked_by_options(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe(
        "cloud", f"{webhook.url}?code=1", webhook={"deliveryAttributeMappings": [SECRET]}
    )

    [asked] = webhook.handshakes
    assert (asked.method, asked.target, asked.body) == ("OPTIONS", "/hook?code=1", None)
    assert asked.headers["WebHook-Request-Origin"] == ORIGIN
    assert asked.headers["WebHook-Request-Callback"].startswith(grid.url)
    assert asked.headers["X-Secret"] == "s"


async def test_a_webhook_of_the_event_grid_schema_is_asked_by_an_event(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe(
        "classic", f"{webhook.url}?code=1", webhook={"deliveryAttributeMappings": [SECRET]}
    )

    [asked] = webhook.handshakes
    assert (asked.method, asked.target) == ("POST", "/hook?code=1")
    assert asked.headers["aeg-event-type"] == "SubscriptionValidation"
    assert asked.headers["aeg-subscription-name"] == "HOOK"
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert asked.headers["X-Secret"] == "s"
    [event] = asked.body
    assert event["eventType"] == "Microsoft.EventGrid.SubscriptionValidationEvent"
    assert event["topic"].endswith("/topics/classic")
    assert event["data"].keys() == {"validationCode", "validationUrl"}
    assert (event["subject"], event["metadataVersion"], event["dataVersion"]) == ("", "1", "1")


@pytest.mark.parametrize("answer", ALLOWED)
async def test_an_answer_that_allows_makes_the_subscription(
    answer: str, grid: Grid, webhook: Webhook
) -> None:
    webhook.handshake = ALLOWED[answer]

    await grid.subscribe("cloud", webhook.url)

    shown = await grid.get("cloud", "hook")
    assert shown["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(("schema", "sentence"), REFUSED)
async def test_any_other_answer_refuses_it_and_nothing_is_delivered(
    schema: str, sentence: str, grid: Grid, webhook: Webhook
) -> None:
    webhook.handshake = REFUSED[schema, sentence]

    status, said = await grid.put(TOPIC[schema], "hook", subscription(webhook.url, schema))

    assert status == 400
    message = said["error"]["message"]
    assert message.startswith(f"Webhook validation handshake failed for {webhook.url}: ")
    assert sentence in message
    assert (await grid.get(TOPIC[schema]))["value"] == []


async def test_an_endpoint_that_nobody_serves_is_refused(grid: Grid) -> None:
    async with serving(Webhook()) as gone:
        url = gone.url

    status, said = await grid.put("cloud", "hook", subscription(url))

    assert (status, said["error"]["details"][0]["code"]) == (400, "Url validation")
    assert "could not be reached" in said["error"]["message"]


async def test_a_webhook_that_answers_too_late_is_asked_once_more(
    tmp_path: Path, webhook: Webhook
) -> None:
    async def never(_request: Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    webhook.handshake = never
    timeout = limit(0.3)
    async with grid(tmp_path, timeout=timeout) as impatient:
        _, said = await impatient.put("cloud", "hook", subscription(webhook.url))

    assert f"no answer came within {timeout:g} s" in said["error"]["message"]
    assert len(webhook.handshakes) == 2


async def test_validation_by_hand_is_refused_by_name(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("classic", webhook.url)
    url = webhook.handshakes[0].body[0]["data"]["validationUrl"]

    async with grid.http.get(url) as answer:
        said = await answer.json()

    assert answer.status == 400
    assert "does not support validation by hand" in said["error"]["message"]


async def test_a_changed_subscription_is_validated_and_keeps_its_state_if_refused(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url)
    webhook.handshake = answering(405)

    status, _ = await grid.put("cloud", "hook", subscription(f"{webhook.url}/new"))

    assert (status, len(webhook.handshakes)) == (400, 2)
    await grid.publish("cloud", cloud_event())
    [delivery] = await webhook.attempts(1)
    assert delivery.target == "/hook"


async def test_a_described_subscription_waits_until_its_webhook_agrees(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.handshake = answering(503)
    described = {"eventSubscriptions": {"hook": subscription(webhook.url)}}

    async with grid(tmp_path, {"cloud": described}) as running:
        shown = await running.refused("cloud")
        assert shown["properties"]["provisioningState"] == "Creating"
        webhook.handshake = agree
        await running.validated("cloud")
        await running.publish("cloud", cloud_event())
        assert len(await webhook.attempts(1)) == 1
