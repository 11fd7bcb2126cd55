"""Subscriptions as the management plane shows them, changed and deleted, and what is refused of them."""

from pathlib import Path
from typing import Any

import pytest

from emulators.tests.event_grid import grids
from emulators.tests.event_grid.grids import (
    CLOUD,
    DEAD_LETTERS,
    GRID,
    Grid,
    cloud_event,
    subscription,
)
from emulators.tests.event_grid.webhooks import Webhook
from emulators.tests.machine import calibrate

URL = "http://127.0.0.1:1/hook"


def mapping(name: str, value: str, kind: str = "Static") -> dict[str, Any]:
    return {"name": name, "type": kind, "properties": {"value": value, "isSecret": True}}


def with_webhook(**properties: Any) -> dict[str, Any]:
    return subscription(URL, webhook=properties)


REFUSED: dict[str, Any] = {
    "not to 'https://example.com/hook'": subscription("https://example.com/hook"),
    "endpointType: Input should be 'WebHook'": {"destination": {"endpointType": "EventHub"}},
    "does not support properties.expirationTimeUtc": subscription(URL, expirationTimeUtc="2030"),
    "does not support properties.eventDeliverySchema": subscription(URL, "CustomInputSchema"),
    "maxDeliveryAttempts": subscription(URL, retryPolicy={"maxDeliveryAttempts": 31}),
    "eventTimeToLiveInMinutes": subscription(URL, retryPolicy={"eventTimeToLiveInMinutes": 0}),
    "maxEventsPerBatch": with_webhook(maxEventsPerBatch=5001),
    "preferredBatchSizeInKilobytes": with_webhook(preferredBatchSizeInKilobytes=1025),
    "at most 10 items": with_webhook(deliveryAttributeMappings=[mapping("x", "y")] * 11),
    "at most 4096 characters": with_webhook(deliveryAttributeMappings=[mapping("x", "y" * 4097)]),
    "the prefix aeg-": with_webhook(deliveryAttributeMappings=[mapping("Aeg-x", "y")]),
    "type: Input should be 'Static'": with_webhook(
        deliveryAttributeMappings=[mapping("x", "data.y", "Dynamic")]
    ),
    "azureActiveDirectoryTenantId": with_webhook(azureActiveDirectoryTenantId="t"),
    "properties.destination: Field required": {},
    "properties: Input should be": [],
}


@pytest.mark.parametrize("sentence", REFUSED)
async def test_what_the_emulator_does_not_do_is_refused_by_name(sentence: str, grid: Grid) -> None:
    status, said = await grid.put("cloud", "hook", REFUSED[sentence])

    assert status == 400
    assert sentence in said["error"]["message"]


async def test_cloud_events_are_not_delivered_in_the_event_grid_schema(grid: Grid) -> None:
    status, said = await grid.put("cloud", "hook", subscription(URL, GRID))

    assert status == 400
    assert f"input schema {CLOUD} cannot deliver {GRID}" in said["error"]["message"]


@pytest.mark.parametrize("name", ["ab", "under_score", "x" * 65])
async def test_a_name_that_the_service_would_not_take_is_refused(name: str, grid: Grid) -> None:
    assert (await grid.put("cloud", name, subscription(URL)))[0] == 400


async def test_a_subscription_is_shown_without_its_secrets(grid: Grid, webhook: Webhook) -> None:
    secret = {"deliveryAttributeMappings": [mapping("X-Secret", "s")]}
    await grid.subscribe("cloud", webhook.url, webhook=secret, deadLetterDestination=DEAD_LETTERS)

    [shown] = (await grid.get("cloud"))["value"]

    assert shown == await grid.get("cloud", "hook")
    assert (shown["undelivered"], shown["deadLettered"], shown["dropped"]) == (0, 0, 0)
    properties = shown["properties"]
    [header] = properties["destination"]["properties"]["deliveryAttributeMappings"]
    assert header["properties"] == {"isSecret": True}
    assert properties["retryPolicy"] == {
        "maxDeliveryAttempts": 30,
        "eventTimeToLiveInMinutes": 1440,
    }
    assert properties["deadLetterDestination"] == DEAD_LETTERS


async def test_a_subscription_that_is_not_there_is_not_found(grid: Grid) -> None:
    for path in (("hook",), ("hook", "deadLetters")):
        said = await grid.get("cloud", *path)
        assert said["error"]["message"] == "The topic 'cloud' has no subscription 'hook'."


async def test_events_before_a_subscription_are_not_for_it(grid: Grid, webhook: Webhook) -> None:
    await grid.publish("cloud", cloud_event(1))
    await grid.subscribe("cloud", webhook.url)
    await grid.publish("cloud", cloud_event(2))

    await grid.settled("cloud")

    assert webhook.ids == ["2"]


async def test_a_changed_subscription_delivers_what_waited_to_the_new_endpoint_alone(
    tmp_path: Path, webhook: Webhook
) -> None:
    webhook.statuses = [503]
    # The second attempt comes a second and a half after the first, or later on a slow machine.
    async with grids.grid(tmp_path, pace=20 / calibrate()) as grid:
        await grid.subscribe("cloud", f"{webhook.url}/old")
        await grid.publish("cloud", cloud_event())
        await webhook.attempts(1)

        await grid.subscribe("cloud", f"{webhook.url}/new")

        await grid.settled("cloud")
    assert [request.target for request in webhook.deliveries] == ["/hook/old", "/hook/new"]


async def test_a_deleted_subscription_gets_nothing_more_and_comes_back_empty(
    grid: Grid, webhook: Webhook
) -> None:
    webhook.status = 503
    await grid.subscribe("cloud", webhook.url)
    await grid.publish("cloud", cloud_event(1))
    await webhook.attempts(1)

    await grid.delete("cloud", "hook")

    assert (await grid.get("cloud"))["value"] == []
    await grid.publish("cloud", cloud_event(2))
    webhook.status = 200
    webhook.deliveries.clear()
    await grid.subscribe("cloud", webhook.url)
    await grid.publish("cloud", cloud_event(3))
    await grid.settled("cloud")
    assert webhook.ids == ["3"]


async def test_what_is_not_a_subscription_is_refused(grid: Grid) -> None:
    url = f"{grid.url}/topics/cloud/eventSubscriptions/hook"
    for body in ("{", "[]", '{"name": "hook"}'):
        async with grid.http.put(url, data=body) as answer:
            assert answer.status == 400
    async with grid.http.post(url) as answer:
        assert answer.status == 404
