"""The change feed trigger, and the warm-up of what it needs.

How often the feed is looked at is `feed_poll_delay` of shared/adapters/settings.py.
"""

import logging

import azure.functions as func
from azure.functions.warmup import WarmUpContext

from shared.adapters import names, telemetry, wiring
from shared.adapters.azure_rights import show_rights
from shared.adapters.otel.metric_names import MENDED
from shared.adapters.settings import feed_poll_delay
from shared.adapters.triggers import endless_retry, http_function, timer_function
from single_publisher import composition
from single_publisher.messages import shown

blueprint = func.Blueprint()

SWEEP_SECONDS = 25.0
"""What takes longer than 30 is cut off when the platform stops the instance."""
ADMIN = func.AuthLevel.ADMIN
_LOGGER = logging.getLogger("onewrite.sweep")


@blueprint.cosmos_db_trigger(
    arg_name="documents",
    connection=names.COSMOS,
    database_name=names.DATABASE,
    container_name=names.EVENTS,
    lease_container_name=names.LEASES,
    lease_container_prefix=names.LEASE_PREFIX,
    create_lease_container_if_not_exists=False,
    start_from_beginning=True,  # type: ignore[arg-type]  # the library declares a time, and sends a bool
    feed_poll_delay=feed_poll_delay(),
    max_items_per_invocation=100,
)
@endless_retry(blueprint)
async def single_publisher(documents: str) -> None:
    """Publish what has been committed; the array arrives as JSON and is read once."""
    with telemetry.failures(names.SINGLE_PUBLISHER, lambda: f" on {shown(documents)}"):
        await (await composition.publisher()).publish(documents)


@blueprint.warm_up_trigger("starting")
async def warmup(starting: WarmUpContext) -> None:  # noqa: ARG001 - the trigger's, and empty
    """Connect before the first event: a cold producer takes a second and more."""
    with telemetry.failures("warmup"):
        await wiring.warm()


@timer_function(blueprint, names.SWEEP_SCHEDULE)
async def sweep() -> None:
    """Prove that what was written arrived, and mend what did not."""
    swept = await (await composition.sweep()).run(SWEEP_SECONDS)
    if swept.mended:
        telemetry.count(MENDED, len(swept.mended))
        _LOGGER.warning("the sweep mended %d streams: %s", len(swept.mended), swept.mended[:20])
    if swept.errors:
        raise BaseExceptionGroup("not everything was swept", swept.errors)


@http_function(blueprint, "operations/parked/single_publisher/{stream}/release", ["POST"], ADMIN)
async def publisher_release(req: func.HttpRequest) -> func.HttpResponse:
    """Publish a parked stream."""
    return await (await composition.operations()).release(req)


@http_function(blueprint, "operations/parked/single_publisher/{stream}/skip", ["POST"], ADMIN)
async def publisher_skip(req: func.HttpRequest) -> func.HttpResponse:
    """Leave the event that a stream is parked at unpublished."""
    return await (await composition.operations()).skip(req)


@http_function(blueprint, "operations/rights/single_publisher", ["GET"], ADMIN)
async def single_publisher_rights(_: func.HttpRequest) -> func.HttpResponse:
    """Show which of its rights this role has."""
    return await show_rights("single_publisher")
