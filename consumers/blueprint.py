"""The Event Hubs triggers, and what operators do with streams that are parked."""

from typing import List

import azure.functions as func

from consumers import application
from consumers.progress import note
from consumers.projections import CONSUMER
from shared.adapters import names, telemetry, wiring
from shared.adapters.http.lag import show_lag
from shared.adapters.http.operations import list_parked

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
    bodies = [event.get_body() for event in events]
    with telemetry.handling("project", bodies):
        await (await application.projections()).project(bodies)
    partitions = wiring.settings().event_partitions
    await note(await wiring.progress(), CONSUMER, events, partitions)


@blueprint.route("operations/lag", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def lag(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show how far each stage is behind."""
    return await show_lag(await application.lags())


@blueprint.route("operations/parked", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def parked(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show the parked streams."""
    return await list_parked((await application.projections()).parking)


@blueprint.route(
    "operations/parked/projections/{stream}/release",
    methods=["POST"],
    auth_level=func.AuthLevel.ADMIN,
)
async def release_parked(req: func.HttpRequest) -> func.HttpResponse:
    """Replay a parked stream."""
    return await (await application.operations()).release(req)


@blueprint.route(
    "operations/parked/projections/{stream}/skip", methods=["POST"], auth_level=func.AuthLevel.ADMIN
)
async def skip_parked(req: func.HttpRequest) -> func.HttpResponse:
    """Pass over the event that a stream is parked at."""
    return await (await application.operations()).skip(req)
