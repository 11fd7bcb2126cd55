"""The same tests for the memory twins and for the adapters on the emulators."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pytest
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext

from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.event_hubs.haste import haste
from emulators.tests.serving import Services
from emulators.tests.waiting import in_time
from shared.adapters.cosmos.event_store import CosmosEventStore
from shared.adapters.cosmos.feed import CosmosFeed, CosmosProgress
from shared.adapters.cosmos.inbound_receipts import CosmosReceipts
from shared.adapters.cosmos.outcomes import CosmosOutcomes
from shared.adapters.cosmos.parking import CosmosParking
from shared.adapters.cosmos.rows import CosmosRows
from shared.adapters.event_grid import open_notifier
from shared.adapters.event_hubs import open_log
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLog,
    MemoryNotifier,
    MemoryOutcomes,
    MemoryParking,
    MemoryProgress,
    MemoryReceipts,
    MemoryRows,
)
from shared.adapters.tls import trusted
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.notification import Notification
from shared.kernel.ports import (
    EventStore,
    Feed,
    Log,
    Notifier,
    Outcomes,
    Parking,
    Progress,
    Receipts,
    Rows,
)
from tests.adapters.emulators import fresh_container, local_settings
from tests.local.subscribing import subscribed

__all__ = ["haste"]

BOTH = ["memory", "cosmos"]


@pytest.fixture(params=BOTH)
async def store(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[EventStore]:
    if request.param == "memory":
        yield MemoryEventStore()
        return
    async with (
        fresh_container(services, like="events") as container,
        fresh_container(services, like="snapshots") as snapshots,
    ):
        yield CosmosEventStore(container, snapshots=snapshots)


@pytest.fixture
def feed(store: EventStore) -> Feed:
    """The feed of the same store."""
    if isinstance(store, MemoryEventStore):
        return MemoryFeed(store, page=7)
    assert isinstance(store, CosmosEventStore)
    return CosmosFeed(store._events)


@pytest.fixture(params=BOTH)
async def progress(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Progress]:
    if request.param == "memory":
        yield MemoryProgress()
        return
    async with fresh_container(services, like="progress") as container:
        yield CosmosProgress(container)


@pytest.fixture(params=BOTH)
async def rows(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Rows]:
    if request.param == "memory":
        yield MemoryRows()
        return
    async with fresh_container(services, like="views") as container:
        yield CosmosRows(container)


@pytest.fixture(params=BOTH)
async def parking(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Parking]:
    if request.param == "memory":
        yield MemoryParking()
        return
    async with fresh_container(services, like="parked") as container:
        yield CosmosParking(container)


@pytest.fixture(params=BOTH)
async def outcomes(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Outcomes]:
    if request.param == "memory":
        yield MemoryOutcomes()
        return
    async with fresh_container(services, like="outcomes") as container:
        yield CosmosOutcomes(container)


@pytest.fixture(params=BOTH)
async def receipts(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Receipts]:
    if request.param == "memory":
        yield MemoryReceipts()
        return
    async with fresh_container(services, like="outcomes") as container:
        yield CosmosReceipts(container)


class ReadableLog(Protocol):
    """A log, and what a consumer finds in it."""

    @property
    def port(self) -> Log: ...

    async def messages(self, partition: int, count: int) -> list[bytes]: ...


@dataclass
class InMemory:
    port: MemoryLog

    async def messages(self, partition: int, count: int) -> list[bytes]:
        return self.port.messages[partition][:count]


@dataclass
class OnEventHubs:
    """The log of the emulator, read from where it stood when the test began."""

    port: Log
    consumer: EventHubConsumerClient
    starts: list[int]

    async def messages(self, partition: int, count: int) -> list[bytes]:
        found: list[bytes] = []
        enough = asyncio.Event()

        async def take(_context: PartitionContext, event: EventData | None) -> None:
            if event is not None:
                found.append(event.body_as_str().encode())
            if len(found) >= count:
                enough.set()

        reading = asyncio.create_task(
            self.consumer.receive(
                take, partition_id=str(partition), starting_position=self.starts[partition]
            )
        )
        async with in_time():
            await enough.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return found


@pytest.fixture(params=["memory", "event-hubs"])
async def log(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[ReadableLog]:
    if request.param == "memory":
        yield InMemory(MemoryLog(partitions=4))
        return
    port = open_log(local_settings(services))
    consumer = EventHubConsumerClient.from_connection_string(
        services.event_hubs, "projections", eventhub_name="events", ssl_context=trusted()
    )
    async with consumer:
        starts = [
            (await consumer.get_partition_properties(str(p)))["last_enqueued_sequence_number"]
            for p in range(4)
        ]
        yield OnEventHubs(port, consumer, starts)
    await port.close()


class ReadableNotifier(Protocol):
    """A notifier, and what a webhook is told."""

    @property
    def port(self) -> Notifier: ...

    async def published(self, count: int) -> list[Notification]: ...


@dataclass
class ToMemory:
    port: MemoryNotifier

    async def published(self, count: int) -> list[Notification]:
        return self.port.published[:count]


@dataclass
class ToWebhook:
    """The topic of the emulator, seen by a webhook of the test."""

    port: Notifier
    webhook: Webhook

    async def published(self, count: int) -> list[Notification]:
        await self.webhook.attempts(count)
        return [read(event) for event in self.webhook.events]


def read(event: dict[str, Any]) -> Notification:
    """Read a CloudEvent as it was delivered; the SDK writes times with three digits or six."""
    known = {name: event[name] for name in ("id", "source", "type", "subject", "sequence")}
    return Notification(
        **known,
        time=timestamp(datetime.fromisoformat(event["time"])),
        correlationid=event["correlationid"],
        traceparent=event["traceparent"],
        data=event["data"],
    )


@pytest.fixture(params=["memory", "event-grid"])
async def notifier(
    request: pytest.FixtureRequest, services: Services
) -> AsyncIterator[ReadableNotifier]:
    if request.param == "memory":
        yield ToMemory(MemoryNotifier())
        return
    port = open_notifier(local_settings(services))
    async with serving(Webhook()) as webhook, subscribed(services.event_grid, webhook.url):
        yield ToWebhook(port, webhook)
    await port.close()
