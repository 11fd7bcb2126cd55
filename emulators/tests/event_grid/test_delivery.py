"""What a webhook is sent: headers and bodies of both schemas, batches, in any order and in parallel."""

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from emulators.tests.event_grid.grids import (
    CLOUD,
    GRID,
    Grid,
    cloud_event,
    grid,
    grid_event,
)
from emulators.tests.event_grid.webhooks import Request, Webhook, serving
from emulators.tests.waiting import in_time

SECRET = {"name": "X-Secret", "type": "Static", "properties": {"value": "s"}}


def own_headers(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.startswith("aeg-")}


async def test_a_cloud_event_is_delivered_by_itself(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)

    await grid.publish("cloud", cloud_event())

    [request] = await webhook.attempts(1)
    assert request.body["id"] == "1"
    assert request.headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    assert request.headers["Origin"] == "eventgrid.azure.net"
    headers = own_headers(request)
    assert headers.pop("aeg-output-event-id")
    assert headers == {
        "aeg-event-type": "Notification",
        "aeg-subscription-name": "HOOK",
        "aeg-delivery-count": "0",
        "aeg-metadata-version": "1.0",
    }


async def test_an_event_of_the_event_grid_schema_is_delivered_in_an_array(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("classic", webhook.url)

    await grid.publish("classic", grid_event())

    [request] = await webhook.attempts(1)
    assert [event["id"] for event in request.body] == ["1"]
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    headers = own_headers(request)
    assert headers.pop("aeg-output-event-id")
    assert headers == {
        "aeg-event-type": "Notification",
        "aeg-subscription-name": "HOOK",
        "aeg-delivery-count": "0",
        "aeg-data-version": "1.0",
        "aeg-metadata-version": "1",
    }


async def test_the_event_grid_schema_can_be_delivered_as_cloud_events(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("classic", webhook.url, schema=CLOUD)

    await grid.publish("classic", grid_event())

    [request] = await webhook.attempts(1)
    assert request.body.pop("time")
    assert request.body.pop("source").endswith("/topics/classic")
    assert request.body == {
        "specversion": "1.0",
        "id": "1",
        "type": "TankRanLow",
        "subject": "tank-7",
        "dataversion": "1.0",
        "data": {"n": 1},
    }


async def test_the_shared_secret_goes_with_every_delivery(grid: Grid, webhook: Webhook) -> None:
    headers = {"deliveryAttributeMappings": [SECRET]}
    await grid.subscribe("cloud", f"{webhook.url}?code=a%2Fb", webhook=headers)

    await grid.publish("cloud", cloud_event())

    [request] = await webhook.attempts(1)
    assert (request.target, request.headers["X-Secret"]) == ("/hook?code=a%2Fb", "s")


async def test_text_beyond_ascii_arrives_as_it_was(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)

    await grid.publish("cloud", cloud_event(data={"name": "Grüner Tee 茶"}))

    [request] = await webhook.attempts(1)
    assert request.body["data"] == {"name": "Grüner Tee 茶"}


async def test_batches_hold_no_more_events_than_the_subscription_asks_for(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url, webhook={"maxEventsPerBatch": 4})

    await grid.publish("cloud", *map(cloud_event, range(10)))

    await grid.settled("cloud")
    assert sorted(len(request.body) for request in webhook.deliveries) == [2, 4, 4]
    assert sorted(webhook.ids, key=int) == [str(n) for n in range(10)]
    for request in webhook.deliveries:
        content_type = request.headers["Content-Type"]
        assert content_type == "application/cloudevents-batch+json; charset=utf-8"
        assert "aeg-output-event-id" not in request.headers


async def test_batches_are_no_larger_than_preferred_unless_one_event_is(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("classic", webhook.url, webhook={"preferredBatchSizeInKilobytes": 4})
    sizes = {1: 9000, 2: 1000, 3: 1000, 4: 1000, 5: 1000}

    events = [grid_event(n, data="x" * size) for n, size in sizes.items()]
    await grid.publish("classic", *events)

    await grid.settled("classic")
    held = [{event["id"] for event in request.body} for request in webhook.deliveries]
    assert {"1"} in held
    assert len(held) < len(events)
    assert all(len(json.dumps(r.body)) <= 4096 for r in webhook.deliveries if len(r.body) > 1)


async def test_a_batch_fails_or_succeeds_as_a_whole(grid: Grid, webhook: Webhook) -> None:
    webhook.statuses = [500]
    await grid.subscribe("classic", webhook.url, webhook={"maxEventsPerBatch": 10})

    await grid.publish("classic", *map(grid_event, range(3)))

    await grid.settled("classic")
    assert sorted(webhook.ids) == sorted(["0", "1", "2"] * 2)
    assert len(webhook.deliveries[0].body) == 3


async def order_of_arrival(state: Path, seed: int) -> list[str]:
    async with grid(state, seed=seed) as seeded, serving(Webhook()) as webhook:
        # One request, so that nothing but the emulator decides on the order.
        await seeded.subscribe("cloud", webhook.url, webhook={"maxEventsPerBatch": 100})
        await seeded.publish("cloud", *map(cloud_event, range(50)))
        await seeded.settled("cloud")
        return webhook.ids


async def test_order_is_not_kept_and_the_seed_decides_on_it(tmp_path: Path) -> None:
    first = await order_of_arrival(tmp_path / "first", seed=1)
    again = await order_of_arrival(tmp_path / "again", seed=1)
    other = await order_of_arrival(tmp_path / "other", seed=2)

    assert sorted(first, key=int) == [str(n) for n in range(50)]
    assert first != sorted(first, key=int)
    assert first == again != other


async def test_deliveries_are_made_in_parallel(grid: Grid, webhook: Webhook) -> None:
    everybody = asyncio.Barrier(20)

    async def together(_request: Request) -> web.Response:
        async with in_time():
            await everybody.wait()
        return web.Response()

    webhook.delivery = together
    await grid.subscribe("cloud", webhook.url)

    await grid.publish("cloud", *map(cloud_event, range(20)))

    await grid.settled("cloud")
    assert len(webhook.deliveries) == 20


async def test_a_webhook_that_hangs_holds_up_no_other(grid: Grid, webhook: Webhook) -> None:
    released = asyncio.Event()

    async def hanging(_request: Request) -> web.Response:
        await released.wait()
        return web.Response()

    webhook.delivery = hanging
    await grid.subscribe("cloud", webhook.url, "hanging")
    async with serving(Webhook()) as other:
        await grid.subscribe("cloud", other.url, "other")

        await grid.publish("cloud", *map(cloud_event, range(100)))

        await grid.settled("cloud", "other")
        assert len(other.deliveries) == 100
        released.set()
        await grid.settled("cloud", "hanging")


async def test_every_subscription_gets_its_own_schema(grid: Grid, webhook: Webhook) -> None:
    for name, schema in (("clouds", CLOUD), ("grids", GRID)):
        await grid.subscribe("classic", f"{webhook.url}/{name}", name, schema=schema)

    await grid.publish("classic", grid_event())

    bodies: dict[str, Any] = {request.target: request.body for request in await webhook.attempts(2)}
    assert bodies["/hook/clouds"]["type"] == bodies["/hook/grids"][0]["eventType"]
