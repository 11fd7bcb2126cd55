"""What a hub holds, read beside its consumers: in the default group, without taking anything from anybody."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext
from azure.eventhub.exceptions import EventHubError

from shared.adapters.connections import Identity
from shared.adapters.identity.own_credential import credential
from shared.adapters.names import EVENTS_HUB
from shared.adapters.settings import Settings
from shared.adapters.tls import trusted
from shared.kernel.delivery.partition import check_partitions
from shared.kernel.errors import LogUnavailable
from shared.kernel.ports import NumberedMessage

GROUP = "$Default"
BEGINNING = "-1"


class EventHubsReader:
    """Asks the hub; `timeout` in seconds."""

    def __init__(self, client: EventHubConsumerClient, partitions: int, timeout: float) -> None:
        self._client = client
        self._partitions = partitions
        self._timeout = timeout
        # The SDK lets a client read a partition once at a time: several stages may be behind on one.
        self._reading = [asyncio.Lock() for _ in range(partitions)]

    async def check(self, partitions: int) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                found = await self._client.get_partition_ids()
        except (EventHubError, TimeoutError) as error:
            raise LogUnavailable(f"Event Hubs: {error}") from error
        check_partitions(self._client.eventhub_name, len(found), partitions)

    async def extents(self) -> Sequence[tuple[int, int]]:
        try:
            async with asyncio.timeout(self._timeout):
                found = await asyncio.gather(
                    *(
                        self._client.get_partition_properties(str(n))
                        for n in range(self._partitions)
                    )
                )
        except (EventHubError, TimeoutError) as error:
            raise LogUnavailable(f"Event Hubs: {error}") from error
        return [
            (one["beginning_sequence_number"], one["last_enqueued_sequence_number"])
            for one in found
        ]

    async def time_after(self, partition: int, sequence: int) -> datetime | None:
        async with self._reading[partition]:
            return await self._time_after(partition, sequence)

    async def _time_after(self, partition: int, sequence: int) -> datetime | None:
        arrived: asyncio.Future[datetime | None] = asyncio.get_running_loop().create_future()

        async def take(_context: PartitionContext, event: EventData | None) -> None:
            if event is not None and not arrived.done():
                arrived.set_result(event.enqueued_time)

        reading = asyncio.create_task(
            self._client.receive(
                take, partition_id=str(partition), starting_position=_behind(sequence)
            )
        )
        return await self._first(arrived, reading, partition)

    async def read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        async with self._reading[partition]:
            return await self._read(partition, after, most)

    async def _read(self, partition: int, after: int, most: int) -> Sequence[NumberedMessage]:
        arrived: asyncio.Future[list[EventData]] = asyncio.get_running_loop().create_future()

        async def take(_context: PartitionContext, events: list[EventData]) -> None:
            if events and not arrived.done():
                arrived.set_result(events)

        reading = asyncio.create_task(
            self._client.receive_batch(
                take,
                partition_id=str(partition),
                starting_position=_behind(after),
                max_batch_size=most,
            )
        )
        found = await self._first(arrived, reading, partition)
        return [NumberedMessage(_number(one), _body(one)) for one in found]

    async def _first[T](
        self, arrived: asyncio.Future[T], reading: asyncio.Task[None], partition: int
    ) -> T:
        """Wait for what comes first, and read no further."""
        try:
            async with asyncio.timeout(self._timeout):
                return await arrived
        except TimeoutError as error:
            raise LogUnavailable(f"Event Hubs, partition {partition}: no message came") from error
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def close(self) -> None:
        await self._client.close()


def _behind(sequence: int) -> int | str:
    return sequence if sequence >= 0 else BEGINNING


def _number(event: EventData) -> int:
    if event.sequence_number is None:
        raise LogUnavailable("Event Hubs: a message came without its number")
    return event.sequence_number


def _body(event: EventData) -> bytes:
    body: Any = event.body
    return body if isinstance(body, bytes) else b"".join(body)


def open_log_reader(settings: Settings, hub: str = EVENTS_HUB) -> EventHubsReader:
    """Make the reader of a hub; it connects when it is first used."""
    connection, name = settings.event_hubs, settings.hub_name(hub)
    if isinstance(connection, Identity):
        client = EventHubConsumerClient(
            connection.address, name, GROUP, credential(connection), ssl_context=trusted()
        )
    else:
        client = EventHubConsumerClient.from_connection_string(
            connection, GROUP, eventhub_name=name, ssl_context=trusted()
        )
    return EventHubsReader(client, settings.partitions(hub), settings.publish_timeout)
