"""A drill of each alert on what the services count by themselves: caused on the emulators, mended, and ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.messaging import CloudEvent
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError
from azure.eventgrid.aio import EventGridPublisherClient

from emulators.event_grid.authorization import KEY
from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.serving import FaultsClient, Services
from emulators.tests.waiting import until
from shared.adapters.connections import connection_parts
from shared.adapters.event_hubs import open_log
from shared.adapters.names import DATABASE, EVENTS
from shared.kernel.ports import LeaseFault
from tests.adapters.emulators import local_settings
from tests.local.subscribing import subscribed
from tests.roles.wired import Wired
from tests.telemetry.alerting import (
    KINDS,
    Point,
    rings_over_event,
    rings_over_places,
    rings_over_points,
    rules,
)

pytestmark = pytest.mark.proof

RULES = rules("metricAlerts", "activityLogAlerts")
DRILLED = {
    *("throttled-store", "throttled-log", "hot-stream", "refused-webhooks", "dead-letters"),
    *("unready", "service-health", "resource-health"),
}


def test_every_alert_that_asks_no_query_has_its_drill() -> None:
    assert RULES.keys() == DRILLED
    assert {one.kind for one in rules(*KINDS).values()} == set(KINDS)


async def test_a_store_that_throttles_rings_until_it_has_more(
    services: Services, faults: FaultsClient
) -> None:
    rule = RULES["throttled-store"]
    async with CosmosClient.from_connection_string(
        services.cosmos, retry_throttle_total=0
    ) as client:
        events = client.get_database_client(DATABASE).get_container_client(EVENTS)

        async def asked() -> list[Point]:
            """Ask 101 times; gives what the account counts of that, by status."""
            answers: list[int] = []
            for _ in range(101):
                try:
                    await events.read_item("1", "item-none")
                except CosmosHttpResponseError as error:
                    answers.append(int(error.status_code or 0))
            return [
                Point("TotalRequests", answers.count(status), {"StatusCode": str(status)})
                for status in set(answers)
            ]

        before = await asked()
        await faults.set(1, {"service": "cosmos", "fault": "throttle", "probability": 1.0})
        meanwhile = await asked()
        await faults.set(0)
        after = await asked()

    assert [one.dimensions for one in meanwhile] == [{"StatusCode": "429"}]
    rings = [rings_over_points(rule, points) for points in (before, meanwhile, after)]
    assert rings == [False, True, False]


async def test_a_log_that_throttles_rings_until_it_has_more(
    services: Services, faults: FaultsClient
) -> None:
    rule = RULES["throttled-log"]
    log = open_log(local_settings(services))

    async def sent() -> list[Point]:
        """Send once; gives what the namespace counts as refused for its throughput."""
        before = (await faults.fired()).get("event-hubs/reject", 0)
        await log.send(0, [b"{}"])
        fired = (await faults.fired()).get("event-hubs/reject", 0)
        return [Point("ThrottledRequests", fired - before, {})]

    before = await sent()
    refused = {"service": "event-hubs", "operation": "send", "fault": "reject", "at": [1]}
    await faults.set(1, refused)
    meanwhile = await sent()
    await faults.set(0)
    after = await sent()
    await log.close()

    rings = [rings_over_points(rule, points) for points in (before, meanwhile, after)]
    assert rings == [False, True, False]


def test_a_hot_stream_rings_and_a_second_at_full_load_does_not() -> None:
    rule, events = RULES["hot-stream"], {"CollectionName": "events"}

    def used(*percent: float, where: dict[str, str] = events) -> bool:
        return rings_over_points(
            rule, [Point("NormalizedRUConsumption", one, where) for one in percent]
        )

    assert not used(*[40.0] * 14, 100.0)
    assert used(*[95.0] * 15)
    assert not used(*[95.0] * 15, where={"CollectionName": "views"})
    assert not used(*[30.0] * 15)


@asynccontextmanager
async def publishing(services: Services) -> AsyncIterator[EventGridPublisherClient]:
    endpoint = connection_parts(services.event_grid)["Endpoint"]
    async with EventGridPublisherClient(endpoint, AzureKeyCredential(KEY)) as client:
        yield client


def news(count: int) -> list[CloudEvent[object]]:
    return [CloudEvent(source="/drill", type="onewrite.drill.v1", data={}) for _ in range(count)]


async def test_webhooks_that_refuse_ring_until_they_take_what_they_are_told(
    services: Services,
) -> None:
    rule = RULES["refused-webhooks"]
    async with (
        serving(Webhook(status=503)) as webhook,
        subscribed(
            services.event_grid, webhook.url, filter={"includedEventTypes": ["onewrite.drill.v1"]}
        ),
        publishing(services) as topic,
    ):
        await topic.send(news(21))
        refused = len(await webhook.attempts(21))
        webhook.status = 200
        await topic.send(news(3))
        await webhook.attempts(refused + 3)

    failed = [Point("DeliveryAttemptFailCount", refused, {})]
    assert rings_over_points(rule, failed)
    assert not rings_over_points(rule, [Point("DeliveryAttemptFailCount", 0, {})])


async def test_a_notification_that_is_given_up_rings_until_somebody_has_fetched_it(
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

        async def given_up() -> int:
            async with http.get(f"{managed}/deadLetters") as answer:
                return len((await answer.json())["value"])

        assert not rings_over_points(rule, [Point("DeadLetteredCount", await given_up(), {})])
        await topic.send(news(1))
        await until(given_up, lambda count: count == 1)
        assert rings_over_points(rule, [Point("DeadLetteredCount", 1, {})])


async def test_an_api_that_is_not_ready_rings_until_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, wired = RULES["unready"], Wired(monkeypatch)

    async def ready() -> list[bool]:
        """Ask as the test asks, from each of its five places."""
        return [(await wired.ask("health"))[0] == 200 for _ in range(5)]

    before = await ready()
    wired.leases.wrong.append(LeaseFault("no lease covers it", "delete the .info, restart"))
    meanwhile = await ready()
    wired.leases.wrong.clear()

    rings = [rings_over_places(rule, places) for places in (before, meanwhile, await ready())]
    assert rings == [False, True, False]


@pytest.mark.parametrize("status", ["Unavailable", "Degraded"])
def test_a_resource_that_is_not_available_rings_until_it_is(status: str) -> None:
    rule = RULES["resource-health"]

    def told(current: str) -> bool:
        properties = {"currentHealthStatus": current, "previousHealthStatus": "Available"}
        return rings_over_event(rule, {"category": "ResourceHealth", "properties": properties})

    assert told(status)
    assert not told("Available")
    assert not rings_over_event(rule, {"category": "Administrative", "properties": {}})


def test_an_incident_rings_and_planned_work_does_not() -> None:
    rule = RULES["service-health"]

    def told(kind: str) -> bool:
        return rings_over_event(
            rule, {"category": "ServiceHealth", "properties": {"incidentType": kind}}
        )

    assert told("Incident")
    assert not told("Maintenance")
