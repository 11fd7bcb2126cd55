"""The Event Hubs triggers."""

from typing import List

import azure.functions as func

from consumers import application
from shared.adapters import names

blueprint = func.Blueprint()


# Without a policy the platform takes the checkpoint after a batch that failed: its rows would stay behind.
@blueprint.event_hub_message_trigger(
    arg_name="events",
    connection=names.EVENT_HUBS,
    event_hub_name=names.EVENTS_HUB,
    consumer_group=names.PROJECTIONS,
    cardinality="many",
    data_type="binary",
)
@blueprint.retry(
    strategy="exponential_backoff",
    max_retry_count="-1",
    minimum_interval="00:00:01",
    maximum_interval="00:01:00",
)
async def projections(events: List[func.EventHubEvent]) -> None:
    """Bring the rows of the views up to date."""
    await (await application.projections()).project([event.get_body() for event in events])
