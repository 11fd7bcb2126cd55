"""Somebody who reads the whole log of a stack, and has a webhook that hears everything that others are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from azure.eventhub import EventData
from azure.eventhub.aio import EventHubConsumerClient, PartitionContext

from emulators.tests.event_grid.webhooks import Webhook, serving
from shared.adapters.names import EVENTS_HUB
from shared.adapters.tls import trusted
from shared.domain.shop import domain
from tests.local.running import Running
from tests.local.subscribing import subscribed
from tests.specs.seen import Events, logged, told


class LogAndWebhook:
    """What has come so far; the log may bring an event again, and a reader knows it by its id."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self._bodies: dict[bytes, None] = {}

    def logged(self) -> Events:
        return logged(domain, self._bodies)

    def told(self) -> Events:
        return told(domain, self._webhook.events)

    async def take(self, _context: PartitionContext, events: list[EventData]) -> None:
        # Sent again, an envelope is the same to the byte.
        self._bodies |= dict.fromkeys(event.body_as_str().encode() for event in events)


@asynccontextmanager
async def witness(stack: Running) -> AsyncIterator[LogAndWebhook]:
    """Watch a stack as long as the context lasts."""
    async with (
        serving(Webhook()) as webhook,
        subscribed(stack.event_grid, webhook.url),
        EventHubConsumerClient.from_connection_string(
            stack.settings["EVENTHUBS"],
            "$Default",
            eventhub_name=EVENTS_HUB,
            ssl_context=trusted(),
        ) as client,
    ):
        watching = LogAndWebhook(webhook)
        reading = asyncio.create_task(client.receive_batch(watching.take, starting_position="-1"))
        try:
            yield watching
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
