"""Clients of one hub, made of the bare SDK: what the tests send and read with."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, EventHubProducerClient, PartitionContext

from emulators.faults import Faults, Rule
from emulators.tests.waiting import in_time, until_true

PARTITIONS = ["0", "1", "2", "3"]
TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""The SDK would read the authorities for each connection, in 16 ms, and none of these has a certificate."""


def connection_string(port: int, key: str = "SAS_KEY_VALUE") -> str:
    return (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=RootManageSharedAccessKey;"
        f"SharedAccessKey={key};UseDevelopmentEmulator=true;"
    )


def bodies(events: Sequence[EventData]) -> list[str]:
    return [event.body_as_str() for event in events]


@dataclass(frozen=True)
class Hub:
    """A hub of an emulator, and the faults of that emulator."""

    name: str
    connection: str
    faults: Faults
    closing: list[asyncio.Task[None]] = field(default_factory=list, repr=False)

    def fail(self, fault: str, operation: str, **when: Any) -> None:
        """Let requests to this hub fail; without a word on when, the first one."""
        rule = {"service": "event-hubs", "fault": fault, "operation": operation, **when}
        self.faults.replace(1, [Rule.parse({"at": [1], "container": self.name, **rule})])

    @asynccontextmanager
    async def producer(self, **settings: Any) -> AsyncIterator[EventHubProducerClient]:
        settings = {
            "retry_total": 0,
            "retry_backoff_factor": 0.01,
            "ssl_context": TRUSTS_NOBODY,
            **settings,
        }
        async with EventHubProducerClient.from_connection_string(
            self.connection, eventhub_name=self.name, **settings
        ) as client:
            yield client

    async def send(self, *texts: str, partition: str = "0") -> None:
        """Send events with these bodies as one batch."""
        async with self.producer() as producer:
            await producer.send_batch([EventData(text) for text in texts], partition_id=partition)

    @asynccontextmanager
    async def reader(
        self, partition: str = "0", start: Any = "-1", group: str = "$Default", **options: Any
    ) -> AsyncIterator["Reading"]:
        """Read one partition as long as the context lasts."""
        client = EventHubConsumerClient.from_connection_string(
            *(self.connection, group),
            eventhub_name=self.name,
            retry_total=0,
            ssl_context=TRUSTS_NOBODY,
        )
        before = self._attached
        reading = Reading(lambda: self._attached > before)
        task = asyncio.create_task(
            client.receive_batch(
                reading.on_events,
                on_error=reading.on_error,
                partition_id=partition,
                starting_position=start,
                **options,
            )
        )
        try:
            yield reading
        finally:
            task.cancel()
            # The SDK takes a second to close; nobody needs to wait for that.
            self.closing.append(asyncio.create_task(_close(task, client)))

    @property
    def _attached(self) -> int:
        """Links to this hub that the emulator was asked for so far; it opens them at once."""
        return self.faults.asked[f"event-hubs attach {self.name.lower()}"]

    async def read(self, count: int, partition: str = "0", **options: Any) -> list[EventData]:
        """Read so many events of one partition."""
        async with self.reader(partition, **options) as reading:
            return await reading.take(count)


async def _close(receiving: asyncio.Task[None], client: EventHubConsumerClient) -> None:
    await asyncio.gather(receiving, return_exceptions=True)
    await client.close()


class Reading:
    """What a reader has seen so far."""

    def __init__(self, is_open: Callable[[], bool]) -> None:
        self._is_open = is_open
        self.errors: list[Exception] = []
        self.last_enqueued: dict[str, Any] = {}
        self._events: list[EventData] = []
        self._news = asyncio.Condition()

    async def on_events(self, context: PartitionContext, events: list[EventData]) -> None:
        async with self._news:
            self._events += events
            self.last_enqueued = context.last_enqueued_event_properties or {}
            self._news.notify_all()

    async def on_error(self, _context: PartitionContext | None, error: Exception) -> None:
        async with self._news:
            self.errors.append(error)
            self._news.notify_all()

    async def open(self) -> None:
        """Wait until the link is open: the SDK does not tell, and calls back without events before it is."""
        await until_true(self._is_open, pause=0.005)

    async def take(self, count: int) -> list[EventData]:
        """Wait for so many events since the beginning."""
        await self._until(lambda: len(self._events) >= count)
        return list(self._events)

    async def error(self) -> Exception:
        """Wait for the first error."""
        await self._until(lambda: bool(self.errors))
        return self.errors[0]

    async def _until(self, true: Callable[[], bool]) -> None:
        async with in_time(), self._news:
            await self._news.wait_for(true)
