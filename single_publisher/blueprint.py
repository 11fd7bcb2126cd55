"""The change feed trigger, and the warm-up of what it needs."""

import logging

import azure.functions as func
from azure.functions.warmup import WarmUpContext

from shared.adapters import names, telemetry, wiring
from shared.adapters.http.rights import show_rights
from shared.adapters.otel.names import MENDED
from shared.adapters.settings import feed_poll_delay
from single_publisher import composition

blueprint = func.Blueprint()

SWEEP_SECONDS = 45.0
_LOGGER = logging.getLogger("onewrite.sweep")


# Without a policy the platform passes over a batch that failed: its events would never be published.
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
@blueprint.retry(
    strategy="exponential_backoff",
    max_retry_count="-1",
    minimum_interval="00:00:01",
    maximum_interval="00:01:00",
)
async def single_publisher(documents: str) -> None:
    """Publish what has been committed; the array arrives as JSON and is read once."""
    with telemetry.failures("publish"):
        await (await composition.publisher()).publish(documents)


@blueprint.warm_up_trigger("starting")
async def warmup(starting: WarmUpContext) -> None:  # noqa: ARG001 - the trigger's, and empty
    """Connect before the first event: a cold producer takes a second and more."""
    await wiring.warm()


@blueprint.timer_trigger("due", schedule=names.SWEEP_SCHEDULE, use_monitor=True)
async def sweep(due: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
    """Prove that what was written arrived, and mend what did not."""
    swept = await (await composition.sweep()).run(SWEEP_SECONDS)
    if swept.mended:
        telemetry.count(MENDED, len(swept.mended))
        _LOGGER.warning("the sweep mended %d streams: %s", len(swept.mended), swept.mended[:20])
    if swept.errors:
        raise BaseExceptionGroup("not everything was swept", swept.errors)


@blueprint.route(
    "operations/parked/single_publisher/{stream}/release",
    methods=["POST"],
    auth_level=func.AuthLevel.ADMIN,
)
async def release_unpublished(req: func.HttpRequest) -> func.HttpResponse:
    """Publish a parked stream."""
    return await (await composition.operations()).release(req)


@blueprint.route(
    "operations/parked/single_publisher/{stream}/skip",
    methods=["POST"],
    auth_level=func.AuthLevel.ADMIN,
)
async def skip_unpublished(req: func.HttpRequest) -> func.HttpResponse:
    """Leave the event that a stream is parked at unpublished."""
    return await (await composition.operations()).skip(req)


@blueprint.route(
    "operations/rights/single_publisher", methods=["GET"], auth_level=func.AuthLevel.ADMIN
)
async def single_publisher_rights(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show which of its rights this role has."""
    return await show_rights(await wiring.attempts(*composition.RIGHTS))
