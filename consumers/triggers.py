"""What all triggers on a hub share: endless retry, telemetry, and the place that is noted behind each batch."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, List

import azure.functions as func

from consumers.delivery import Arrival, event_in
from consumers.progress import note
from shared.adapters import names, telemetry, wiring
from shared.adapters.triggers import endless_retry, named

type Handler = Callable[[Sequence[bytes]], Awaitable[None]]
type Reader = Callable[[bytes], Arrival[Any]]


def hub_function(
    blueprint: func.Blueprint, hub: str, consumer: str, read: Reader = event_in
) -> Callable[[Handler], Handler]:
    """Declare a consumer of a hub, which takes the bodies of a batch; what it raises brings the batch again."""
    trigger = blueprint.event_hub_message_trigger(
        arg_name="events",
        connection=names.EVENT_HUBS,
        event_hub_name=hub,
        consumer_group=consumer,
        cardinality="many",
        data_type="binary",
    )
    retry = endless_retry(blueprint)

    def declare(handle: Handler) -> Handler:
        async def take(events: List[func.EventHubEvent]) -> None:
            bodies = [event.get_body() for event in events]
            with telemetry.handling(consumer, bodies):
                await handle(bodies)
            partitions = wiring.settings().partitions(hub)
            await note(await wiring.progress(), consumer, events, partitions, read)

        trigger(retry(named(take, handle)))
        return handle

    return declare
