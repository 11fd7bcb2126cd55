"""A drill of each alert on what the services count by themselves: caused on the emulators, mended, and ended."""

from dataclasses import replace

import pytest
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.event_hubs import open_log
from shared.adapters.names import DATABASE, EVENTS
from shared.kernel.ports import LeaseFault
from tests.adapters.emulators import local_settings
from tests.roles.wired import Wired
from tests.telemetry.alerting import (
    KINDS,
    Point,
    rings_over_places,
    rings_over_points,
    rules,
)

pytestmark = pytest.mark.proof

RULES = rules("metricAlerts")
CHARGE = "x-ms-request-charge"
DRILLED = {
    *("throttled-store", "throttled-log", "hot-stream", "unready"),
    *("refused-webhooks", "dead-letters"),  # test_webhook_drills.py
}


def test_every_alert_on_a_metric_has_its_drill() -> None:
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


async def test_a_stream_that_is_hot_for_long_rings_and_one_hot_second_does_not(
    services: Services, faults: FaultsClient
) -> None:
    """What a minute used is that of its hottest second: all where the store throttled, else what it charged."""
    rule = RULES["hot-stream"]
    hot = {"service": "cosmos", "container": EVENTS, "fault": "throttle", "probability": 1.0}
    async with CosmosClient.from_connection_string(
        services.cosmos, retry_throttle_total=0
    ) as client:
        events = client.get_database_client(DATABASE).get_container_client(EVENTS)
        given = (await events.get_throughput()).offer_throughput
        assert given

        async def used() -> Point:
            """Ask for one stream once, in a minute of its own; gives what the account tells of that."""
            try:
                query = events.query_items("SELECT * FROM c", partition_key="item-none")
                await anext(query.by_page(), None)
                charged = float(events.client_connection.last_response_headers[CHARGE])
                percent = 100 * charged / given
            except CosmosHttpResponseError as error:
                if error.status_code != 429:
                    raise
                percent = 100.0
            return Point("NormalizedRUConsumption", percent, {"CollectionName": EVENTS})

        async def minutes(count: int, *rules: dict[str, object]) -> list[Point]:
            await faults.set(1, *rules)
            return [await used() for _ in range(count)]

        one_second = [*await minutes(14), *await minutes(1, hot)]
        meanwhile = await minutes(15, hot)
        after = await minutes(15)

    assert 0 < after[0].value < 10
    rings = [rings_over_points(rule, points) for points in (one_second, meanwhile, after)]
    assert rings == [False, True, False]
    elsewhere = [replace(point, dimensions={"CollectionName": "views"}) for point in meanwhile]
    assert not rings_over_points(rule, elsewhere)


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
