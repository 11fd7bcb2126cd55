"""A drill of each alert on what Event Grid counts: caused on the emulated service, mended, and ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from emulators.event_grid.authorization import KEY
from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.serving import Services
from emulators.tests.waiting import until
from shared.adapters.connections import connection_parts
from tests.local.subscribing import subscribed
from tests.telemetry.alerting import Point, rings_over_points, rules

pytestmark = pytest.mark.proof

RULES = rules("metricAlerts")


@asynccontextmanager
async def publishing(services: Services) -> AsyncIterator[EventGridPublisherClient]:
    endpoint = connection_parts(services.event_grid)["Endpoint"]
    async with EventGridPublisherClient(endpoint, AzureKeyCredential(KEY)) as client:
        yield client


def news(count: int) -> list[CloudEvent[object]]:
    return [CloudEvent(source="/drill", type="onewrite.drill.v1", data={}) for _ in range(count)]


@dataclass
class Counted:
    """What Event Grid counts of a subscription, of which a metric has what is new in each window."""

    managed: str
    name: str
    metric: str
    before: int = 0

    async def count(self) -> int:
        async with aiohttp.ClientSession() as http, http.get(self.managed) as answer:
            return int((await answer.json())[self.name])

    async def window(self) -> list[Point]:
        """Give what was counted since the last window."""
        before, self.before = self.before, await self.count()
        return [Point(self.metric, self.before - before, {})]


async def undelivered(managed: str) -> int:
    return await Counted(managed, "undelivered", "").count()


async def test_webhooks_that_refuse_ring_until_they_take_what_they_are_told(
    services: Services,
) -> None:
    rule = RULES["refused-webhooks"]
    async with (
        serving(Webhook(status=503)) as webhook,
        subscribed(
            services.event_grid, webhook.url, filter={"includedEventTypes": ["onewrite.drill.v1"]}
        ) as managed,
        publishing(services) as topic,
    ):
        failed = Counted(managed, "failedAttempts", "DeliveryAttemptFailCount")
        before = await failed.window()
        await topic.send(news(21))
        await until(failed.count, lambda count: count >= 21)
        meanwhile = await failed.window()
        # Told, the subscriber mends its webhook: new events get there, and so does what is tried again.
        webhook.status = 200
        attempts = len(webhook.deliveries)
        await topic.send(news(3))
        await webhook.attempts(attempts + 3)
        await until(lambda: undelivered(managed), lambda count: count <= 21)
        after = await failed.window()

    rings = [rings_over_points(rule, points) for points in (before, meanwhile, after)]
    assert rings == [False, True, False]


async def test_a_notification_that_is_given_up_rings_until_the_subscriber_takes_them(
    services: Services,
) -> None:
    rule = RULES["dead-letters"]
    container = {"resourceId": "storage", "blobContainerName": "dead-letters"}
    async with (
        # 400 is never tried again.
        serving(Webhook(status=400)) as webhook,
        subscribed(
            services.event_grid,
            webhook.url,
            filter={"includedEventTypes": ["onewrite.drill.v1"]},
            deadLetterDestination={"endpointType": "StorageBlob", "properties": container},
        ) as managed,
        publishing(services) as topic,
        aiohttp.ClientSession() as http,
    ):
        dead = Counted(managed, "deadLettered", "DeadLetteredCount")
        before = await dead.window()
        (given_up,) = lost = news(1)
        await topic.send(lost)
        await until(dead.count, lambda count: count == 1)
        meanwhile = await dead.window()
        # The runbook: what was given up, for whom and why; and the subscriber takes what comes from then on.
        async with http.get(f"{managed}/deadLetters") as answer:
            (letter,) = (await answer.json())["value"]
        webhook.status = 200
        (taken,) = told = news(1)
        await topic.send(told)
        await until(lambda: undelivered(managed), lambda count: count == 0)
        after = await dead.window()

    assert letter["id"] == given_up.id
    assert letter["deadletterreason"]
    assert letter["lastdeliveryoutcome"] == "BadRequest"
    assert webhook.ids == [given_up.id, taken.id]
    rings = [rings_over_points(rule, points) for points in (before, meanwhile, after)]
    assert rings == [False, True, False]
