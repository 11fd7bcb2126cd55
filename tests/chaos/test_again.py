"""What comes late, again, or not at all, through a running stack: the sweep mends, repeats change nothing."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.cosmos.aio import CosmosClient
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubProducerClient

from emulators.tests.waiting import until
from infra.local.shop.oracle import everything, wrong_rows
from shared.kernel.delivery.partition import partition_of
from tests.chaos.cloud import EVERY_SECOND, Cloud, cloud
from tests.chaos.findings import whole_log
from tests.chaos.shoppers import Shopper, Told
from tests.chaos.weather import loss

SKUS = [f"SKU{number}" for number in range(8)]


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Cloud]:
    async with cloud(tmp_path, hosts=1) as made:
        yield made


@pytest.fixture
async def shopper(made: Cloud) -> AsyncIterator[Shopper]:
    async with aiohttp.ClientSession() as http:
        shopper = Shopper("shopper", http, [made.hosts[0].url], random.Random(1), Told())
        for sku in SKUS:
            await shopper.send(sku, "register-item", {"name": sku, "reorderPoint": 1})
        await receive(shopper, *SKUS * 3)
        await until(lambda: exact(made))
        yield shopper


async def receive(shopper: Shopper, *skus: str) -> None:
    for sku in skus:
        await shopper.send(sku, "receive-stock", {"quantity": 2})


async def exact(made: Cloud) -> bool:
    items = await everything(made.cosmos, "events")
    return not wrong_rows(items, await everything(made.cosmos, "views"))


async def nothing_waits(made: Cloud) -> bool:
    return not await made.waits()


async def rows(made: Cloud) -> dict[str, dict[str, Any]]:
    """All rows with their tags: a row that is written again gets another."""
    return {row["id"]: row for row in await everything(made.cosmos, "views")}


async def test_a_dropped_batch_and_dropped_last_events_are_mended_by_the_sweep(
    made: Cloud, shopper: Shopper
) -> None:
    await made.faults.set(0, loss())
    await receive(shopper, *SKUS, *SKUS)
    await until(lambda: nothing_waits(made))
    await made.faults.set(0)
    # Half of the streams go on, and leave a gap behind; the others end with what was dropped.
    await receive(shopper, *SKUS[:4])
    await until(lambda: nothing_waits(made))
    assert not await exact(made)

    await made.restart(SWEEP_SCHEDULE=EVERY_SECOND, SWEEP_AGE="0.5")
    await until(lambda: exact(made))

    events = {(item["stream"], item["version"]) for item in await everything(made.cosmos, "events")}
    await until(lambda: in_log(made, events))


async def in_log(made: Cloud, events: set[tuple[str, int]]) -> bool:
    return events <= set(await whole_log(made.event_hubs))


async def test_a_host_that_lost_its_lease_and_sends_old_events_late_changes_nothing(
    made: Cloud, shopper: Shopper
) -> None:
    before = await rows(made)
    old = await everything(made.cosmos, "events")
    late = [envelope(item, number) for item in old for number in range(len(item["events"]))]
    random.Random(1).shuffle(late)

    async with EventHubProducerClient.from_connection_string(
        made.event_hubs, eventhub_name="events"
    ) as producer:
        for one in late:
            partition = str(partition_of(one["subject"], 4))
            await producer.send_batch([EventData(json.dumps(one))], partition_id=partition)
    await until(lambda: nothing_waits(made))

    assert await rows(made) == before
    await receive(shopper, *SKUS)
    await until(lambda: exact(made))


async def test_with_all_leases_deleted_the_whole_history_comes_again_and_changes_nothing(
    made: Cloud, shopper: Shopper
) -> None:
    before, sent = await rows(made), Counter(await whole_log(made.event_hubs))
    await made.hosts[0].kill()
    await delete_leases(made)
    await made.restart()

    async def all_came_again() -> bool:
        return all(
            count > sent[one] for one, count in Counter(await whole_log(made.event_hubs)).items()
        )

    await until(all_came_again)
    await until(lambda: nothing_waits(made))

    assert await rows(made) == before
    await receive(shopper, *SKUS)
    await until(lambda: exact(made))


async def delete_leases(made: Cloud) -> None:
    async with CosmosClient.from_connection_string(made.cosmos) as client:
        leases = client.get_database_client("onewrite").get_container_client("leases")
        for lease in await everything(made.cosmos, "leases"):
            await leases.delete_item(lease["id"], partition_key=lease["id"])


def envelope(item: dict[str, Any], number: int) -> dict[str, Any]:
    """Write an event of an item as the publisher does."""
    version = item["version"] - len(item["events"]) + 1 + number
    event, metadata = item["events"][number], item["metadata"]
    return {
        "specversion": "1.0",
        "id": f"{item['stream']}@{version}",
        "source": "/onewrite/item",
        "type": event["type"],
        "subject": item["stream"],
        "time": metadata["time"],
        "dataschema": f"urn:onewrite:schema:item/{event['type']}/{event['schema']}",
        "datacontenttype": "application/json",
        "sequence": version,
        "partitionkey": item["stream"],
        "correlationid": metadata["correlationId"],
        "causationid": item["commandId"],
        "data": event["data"],
    }
