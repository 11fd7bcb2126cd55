"""CPU of the publisher beside a bare send_batch of the same messages, in interleaved rounds of one process.

Prints as JSON the medians in microseconds an event; the hub is the one of the setting EVENTHUBS.
"""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubProducerClient

from shared.adapters import names
from shared.adapters.cosmos.codec import to_item
from shared.adapters.event_hubs import open_log
from shared.adapters.memory import MemoryEventStore, MemoryParking
from shared.adapters.settings import Settings
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from single_publisher.messages import by_partition, sort_out
from single_publisher.publish import Publisher

ROUNDS = 15
EVENTS, STREAMS = 400, 25
TIME = "2026-11-23T12:00:00.000000Z"


def documents() -> str:
    """Write a batch of the change feed: commits of several streams, with what the system adds."""
    tag = uuid4().hex
    items: list[dict[str, Any]] = []
    for number in range(EVENTS):
        stream, version = f"item-{tag}{number % STREAMS}", number // STREAMS + 1
        metadata = Metadata(correlation_id=str(uuid4()), causation_id=str(uuid4()))
        event = RecordedEvent(type="StockReceived", schema_number=1, data={"quantity": 1})
        commit = Commit(stream, version, str(uuid4()), "0" * 64, (event,), metadata, TIME)
        system = {
            "_rid": "2VMdAM5dxgc=",
            "_etag": f'"{uuid4()}"',
            "_ts": 1796071841,
            "_lsn": number,
        }
        items.append({**to_item(commit), **system})
    return json.dumps(items)


async def measure() -> dict[str, int]:
    settings = Settings.read()
    log = open_log(settings)
    await log.connect()
    publisher = Publisher(log, MemoryEventStore(), MemoryParking(), lambda: datetime.now(UTC))
    sdk = EventHubProducerClient.from_connection_string(
        str(settings.event_hubs), eventhub_name=settings.hub_name(names.EVENTS_HUB)
    )

    async def bare(given: str) -> None:
        found, _ = sort_out(given, log.largest)
        spread = by_partition(found, log.partitions)
        begun = time.process_time()
        for partition, bodies in spread.items():
            batch = await sdk.create_batch(partition_id=str(partition))
            for body in bodies:
                batch.add(EventData(body))
            await sdk.send_batch(batch)
        spent["bare"].append(time.process_time() - begun)

    async def published(given: str) -> None:
        begun = time.process_time()
        await publisher.publish(given)
        spent["published"].append(time.process_time() - begun)

    kinds: tuple[Callable[[str], Awaitable[None]], ...] = (bare, published)
    spent: dict[str, list[float]] = {"bare": [], "published": []}
    for number in range(ROUNDS + 1):
        for kind in kinds if number % 2 else reversed(kinds):
            await kind(documents())
    await log.close()
    await sdk.close()
    return {name: round(statistics.median(one[1:]) / EVENTS * 1e6) for name, one in spent.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())), flush=True)
    os._exit(0)
