"""A drill of the alert that takes a whole quarter of an hour: caused on the emulator, mended, and ended."""

from dataclasses import replace

import pytest
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.names import DATABASE, EVENTS
from tests.telemetry.alerting import Point, rings_over_points, rules

pytestmark = pytest.mark.proof

RULES = rules("metricAlerts")
CHARGE = "x-ms-request-charge"


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
