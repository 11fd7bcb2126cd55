"""What all triggers on a hub share: endless retry, telemetry, and times that nobody reads."""

from collections.abc import Awaitable, Callable, Sequence
from typing import List, cast

import azure.functions as func

from consumers.unread_times import leave_unread
from shared.adapters import names, telemetry
from shared.adapters.settings import hub_name
from shared.adapters.triggers import endless_retry, named
from shared.kernel.ports import NumberedMessage

type Handler = Callable[[Sequence[NumberedMessage]], Awaitable[None]]

leave_unread()


def hub_function(
    blueprint: func.Blueprint, hub: str, consumer: str, *, wanted: bool = True
) -> Callable[[Handler], Handler]:
    """Declare a consumer of a hub, which takes the messages of a batch; what it raises brings the batch again.

    One that the business does not want is not declared: the platform brings it nothing.
    """
    trigger = blueprint.event_hub_message_trigger(
        arg_name="events",
        connection=names.EVENT_HUBS,
        event_hub_name=hub_name(hub),
        consumer_group=consumer,
        cardinality="many",
        data_type="binary",
    )
    retry = endless_retry(blueprint)

    def declare(handle: Handler) -> Handler:
        async def take(events: List[func.EventHubEvent]) -> None:
            messages = [_numbered(event) for event in events]
            with telemetry.handling(consumer, messages):
                await handle(messages)

        if wanted:
            trigger(retry(named(take, handle)))
        return handle

    return declare


def _numbered(event: func.EventHubEvent) -> NumberedMessage:
    # The platform tells the number of every message of a batch.
    return NumberedMessage(cast("int", event.sequence_number), event.get_body())
