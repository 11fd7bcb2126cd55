"""The log: Event Hubs through azure-eventhub, each message to a partition that we have chosen."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

from azure.eventhub import EventData, EventDataBatch
from azure.eventhub.aio import EventHubProducerClient
from azure.eventhub.amqp import AmqpAnnotatedMessage
from azure.eventhub.exceptions import EventHubError

from shared.adapters.backoff import back_off
from shared.adapters.connections import Identity
from shared.adapters.identity.own_credential import credential
from shared.adapters.names import COMMANDS_HUB, EVENTS_HUB
from shared.adapters.settings import Settings
from shared.adapters.size_limits import LARGEST_MESSAGE, MESSAGE_OVERHEAD
from shared.adapters.tls import trusted
from shared.kernel.delivery.partition import check_partitions
from shared.kernel.errors import EventTooLarge, LogUnavailable

ANSWERED_WITHIN = 10.0


class _BodyOnly(EventData):
    """An event without properties: what the SDK prepares for them takes 5 of 13 us to pack one."""

    def __init__(self, body: bytes) -> None:
        self._raw_amqp_message = AmqpAnnotatedMessage(data_body=body)


class EventHubsLog:
    """Sends packed batches with one client, kept for the life of the process."""

    def __init__(
        self, client: EventHubProducerClient, partitions: int, timeout: float, budget: float
    ) -> None:
        self._client = client
        self._partitions = partitions
        self._timeout = timeout
        self._budget = budget

    @property
    def partitions(self) -> int:
        return self._partitions

    @property
    def largest(self) -> int:
        return LARGEST_MESSAGE - MESSAGE_OVERHEAD

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        """Send packed batches one after the other; the one that fails is held, and sent again for a while.

        Raises ConfigurationError, and sends nothing, when the hub has other partitions than the settings say.
        """
        deadline = time.monotonic() + self._budget
        await self._held(partition, deadline, self._check)
        batches = await self._held(partition, deadline, lambda: self._pack(partition, bodies))
        for batch in batches:
            await self._held(partition, deadline, partial(self._client.send_batch, batch))

    async def _held[T](
        self, partition: int, deadline: float, work: Callable[[], Awaitable[T]]
    ) -> T:
        for attempt in count(1):
            try:
                # The SDK can hang for ever on a malformed answer: everything stands under a timeout.
                async with asyncio.timeout(self._timeout):
                    return await work()
            except (EventHubError, TimeoutError) as error:
                if isinstance(error, TimeoutError):
                    await self._drop_link(partition)
                if time.monotonic() > deadline:
                    raise LogUnavailable(f"Event Hubs, partition {partition}: {error}") from error
            await back_off(attempt, "log")
        raise AssertionError("counting has no end")

    async def warm(self) -> None:
        """Connect before the first event; raises ConfigurationError when the hub has other partitions."""
        await self._check()
        sdk, expected = self._client, self._expected
        for partition in expected:
            # The SDK's own way, under its lock: a link that is open is kept, and all are closed with the client.
            await sdk._start_producer(partition, self._timeout)  # noqa: SLF001 - nothing public opens a link
        # Side by side, for each takes the SDK half a second.
        await asyncio.gather(sdk.create_batch(), *map(self._open_link, expected))

    async def connect(self) -> None:
        """Be let in to send, and send nothing; raises LogUnavailable, ConfigurationError."""
        try:
            async with asyncio.timeout(self._timeout):
                await self.warm()
        except (EventHubError, TimeoutError) as error:
            raise LogUnavailable(f"Event Hubs: {error}") from error

    @property
    def _expected(self) -> list[str]:
        return [str(number) for number in range(self._partitions)]

    async def _check(self) -> None:
        """Compare the partitions of the hub with the settings: a request before the first send, and no more."""
        sdk = self._client
        # What the public method finds is not kept: the first link would ask again, and take half a second more.
        async with sdk._lock:  # noqa: SLF001 - what is found replaces the SDK's table of links
            await sdk._get_partitions()  # noqa: SLF001 - see above
        found: list[Any] = sdk._partition_ids or []  # noqa: SLF001 - what was just asked for
        check_partitions(sdk.eventhub_name, len(found), self._partitions)

    async def _open_link(self, partition: str) -> None:
        producer = self._client._producers[partition]  # noqa: SLF001 - see above
        if producer is not None:
            await producer._open_with_retry()  # noqa: SLF001 - see above

    async def _drop_link(self, partition: int) -> None:
        # A link that does not answer would keep what is sent next waiting; nothing public closes it alone.
        producer = self._client._producers.get(str(partition))  # noqa: SLF001 - see above
        if producer is not None:
            await producer.close()

    async def close(self) -> None:
        await self._client.close()

    async def _pack(self, partition: int, bodies: Sequence[bytes]) -> list[EventDataBatch]:
        batch = await self._client.create_batch(partition_id=str(partition))
        batches = [batch]
        for body in bodies:
            try:
                batch.add(_BodyOnly(body))
            except ValueError:
                batch = await self._client.create_batch(partition_id=str(partition))
                batches.append(batch)
                _add_alone(batch, body)
        return batches


def open_log(settings: Settings) -> EventHubsLog:
    """Make the log; it connects when it is first used."""
    client = _producer(settings, EVENTS_HUB)
    return EventHubsLog(
        client, settings.event_partitions, settings.publish_timeout, settings.publish_budget
    )


def open_mailbox(settings: Settings) -> EventHubsLog:
    """Make the way into the durable mailbox: somebody waits, so it gives up sooner than the publisher."""
    client = _producer(settings, COMMANDS_HUB)
    return EventHubsLog(client, settings.command_partitions, ANSWERED_WITHIN, ANSWERED_WITHIN)


def _producer(settings: Settings, hub: str) -> EventHubProducerClient:
    # What fails is held here, and sent again: the SDK need not.
    options: dict[str, Any] = {
        "eventhub_name": settings.hub_name(hub),
        "retry_total": 0,
        "ssl_context": trusted(),
    }
    connection = settings.event_hubs
    if isinstance(connection, Identity):
        signs_in = credential(connection)
        return EventHubProducerClient(connection.address, credential=signs_in, **options)
    return EventHubProducerClient.from_connection_string(connection, **options)


def _add_alone(batch: EventDataBatch, body: bytes) -> None:
    try:
        batch.add(_BodyOnly(body))
    except ValueError as error:
        raise EventTooLarge(f"a message of {len(body)} bytes does not fit") from error
