"""The log: Event Hubs through azure-eventhub, each message to a partition that we have chosen."""

import asyncio
from collections.abc import Sequence

from azure.eventhub import EventData, EventDataBatch
from azure.eventhub.aio import EventHubProducerClient
from azure.eventhub.exceptions import EventHubError

from shared.adapters.names import EVENTS_HUB
from shared.adapters.settings import Settings
from shared.kernel.errors import ConfigurationError, EventTooLarge, LogUnavailable


class EventHubsLog:
    """Sends packed batches with one client, kept for the life of the process."""

    def __init__(self, client: EventHubProducerClient, partitions: int, timeout: float) -> None:
        self._client = client
        self._partitions = partitions
        self._timeout = timeout

    @property
    def partitions(self) -> int:
        return self._partitions

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        try:
            # The SDK can hang for ever on a malformed answer: everything stands under a timeout.
            async with asyncio.timeout(self._timeout):
                for batch in await self._pack(partition, bodies):
                    await self._client.send_batch(batch)
        except (EventHubError, TimeoutError) as error:
            raise LogUnavailable(f"Event Hubs, partition {partition}: {error}") from error

    async def warm(self) -> None:
        """Connect before the first event; raises ConfigurationError when the hub has other partitions."""
        # One connection learns the partitions, another the largest message: side by side.
        found, _ = await asyncio.gather(
            self._client.get_partition_ids(), self._client.create_batch()
        )
        expected = [str(number) for number in range(self._partitions)]
        if sorted(found) != sorted(expected):
            raise ConfigurationError(
                f"the hub has the partitions {found}, the settings say {expected}: another number"
                " would send streams to other partitions, and break their order"
            )

        await asyncio.gather(*(self._open_link(partition) for partition in expected))

    async def _open_link(self, partition: str) -> None:
        # Nothing public opens a partition's link before its first event, and opening takes half a second.
        await self._client._start_producer(partition, self._timeout)  # noqa: SLF001 - see above
        producer = self._client._producers[partition]  # noqa: SLF001 - see above
        if producer is not None:
            await producer._open_with_retry()  # noqa: SLF001 - see above

    async def close(self) -> None:
        await self._client.close()

    async def _pack(self, partition: int, bodies: Sequence[bytes]) -> list[EventDataBatch]:
        batch = await self._client.create_batch(partition_id=str(partition))
        batches = [batch]
        for body in bodies:
            try:
                batch.add(EventData(body))
            except ValueError:
                batch = await self._client.create_batch(partition_id=str(partition))
                batches.append(batch)
                _add_alone(batch, body)
        return batches


def open_log(settings: Settings) -> EventHubsLog:
    """Make the log; it connects when it is first used."""
    client = EventHubProducerClient.from_connection_string(
        settings.event_hubs,
        eventhub_name=EVENTS_HUB,
        retry_total=1,
        retry_backoff_factor=0.05,
    )
    return EventHubsLog(client, settings.event_partitions, settings.publish_timeout)


def _add_alone(batch: EventDataBatch, body: bytes) -> None:
    try:
        batch.add(EventData(body))
    except ValueError as error:
        raise EventTooLarge(f"a message of {len(body)} bytes does not fit: {error}") from error
