"""The Event Hubs triggers, and what operators do with streams that are parked."""

from typing import List

import azure.functions as func

from consumers import composition
from consumers.following import numbered
from consumers.rebuild_operations import answer_rebuild
from consumers.webhooks.platform import body_of
from shared.adapters import names, telemetry, wiring
from shared.adapters.http.lag import show_lag
from shared.adapters.http.operations import decide, list_parked
from shared.adapters.http.rights import show_rights
from shared.kernel.delivery.parking import Action

blueprint = func.Blueprint()

REBUILD_SECONDS = 45.0


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
        await (await composition.follower(names.PROJECTIONS)).take(numbered(events))


# What a failed batch would have caused is caused when it comes again.
@blueprint.event_hub_message_trigger(
    arg_name="events",
    connection=names.EVENT_HUBS,
    event_hub_name=names.EVENTS_HUB,
    consumer_group=names.REACTIONS,
    cardinality="many",
    data_type="binary",
)
@blueprint.retry(
    strategy="exponential_backoff",
    max_retry_count="-1",
    minimum_interval="00:00:01",
    maximum_interval="00:01:00",
)
async def reactions(events: List[func.EventHubEvent]) -> None:
    """Dispatch what events cause."""
    bodies = [event.get_body() for event in events]
    with telemetry.handling("react", bodies):
        await (await composition.follower(names.REACTIONS)).take(numbered(events))


# What a failed batch would have told is told when it comes again, under the same ids.
@blueprint.event_hub_message_trigger(
    arg_name="events",
    connection=names.EVENT_HUBS,
    event_hub_name=names.EVENTS_HUB,
    consumer_group=names.NOTIFICATIONS,
    cardinality="many",
    data_type="binary",
)
@blueprint.retry(
    strategy="exponential_backoff",
    max_retry_count="-1",
    minimum_interval="00:00:01",
    maximum_interval="00:01:00",
)
async def notifications(events: List[func.EventHubEvent]) -> None:
    """Tell others what happened."""
    bodies = [event.get_body() for event in events]
    with telemetry.handling("notify", bodies):
        await (await composition.follower(names.NOTIFICATIONS)).take(numbered(events))


# A command that was accepted is not passed over: it is handled when its batch comes again.
@blueprint.event_hub_message_trigger(
    arg_name="commands",
    connection=names.EVENT_HUBS,
    event_hub_name=names.COMMANDS_HUB,
    consumer_group=names.MAILBOX,
    cardinality="many",
    data_type="binary",
)
@blueprint.retry(
    strategy="exponential_backoff",
    max_retry_count="-1",
    minimum_interval="00:00:01",
    maximum_interval="00:01:00",
)
async def mailbox(commands: List[func.EventHubEvent]) -> None:
    """Handle the commands that wait."""
    bodies = [command.get_body() for command in commands]
    with telemetry.handling("mailbox", bodies):
        await (await composition.follower(names.MAILBOX)).take(numbered(commands))


# It authenticates every delivery itself: Event Grid has no function key in a rotation of its own.
@blueprint.route("webhooks", methods=["POST", "OPTIONS"], auth_level=func.AuthLevel.ANONYMOUS)
async def webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Take events of others, from senders that are not bound to the platform."""
    return await telemetry.request(req, "webhooks", (await composition.receiver()).receive(req))


@blueprint.event_grid_trigger("event")
async def inbound_event(event: func.EventGridEvent) -> None:
    """Take an event of others from the platform, in either schema."""
    with telemetry.failures("webhooks"):
        await (await composition.webhooks()).take(body_of(event))


@blueprint.timer_trigger("due", schedule="30 * * * * *", use_monitor=True)
async def deadlines(due: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
    """Call off what has waited for too long."""
    await (await composition.deadlines()).run()


@blueprint.timer_trigger("due", schedule=names.CATCH_UP_SCHEDULE, use_monitor=True)
async def catch_up(due: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
    """Handle what a hub holds and nobody brings."""
    await composition.catch_up()


# It keeps the time of the sweep, which it waits for.
@blueprint.timer_trigger("due", schedule=names.SWEEP_SCHEDULE, use_monitor=True)
async def rebuild(due: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
    """Go on with the views that are being rebuilt."""
    await (await composition.rebuild()).run(REBUILD_SECONDS)


@blueprint.route(
    "operations/views/{view}/rebuild", methods=["GET", "POST"], auth_level=func.AuthLevel.ADMIN
)
async def view_rebuild(req: func.HttpRequest) -> func.HttpResponse:
    """Begin to rebuild a view, or show how far it is."""
    return await answer_rebuild(req, await composition.rebuild())


@blueprint.timer_trigger("due", schedule="15 * * * * *", use_monitor=True)
async def measure(due: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
    """Measure what waits and what is parked, if somebody takes it."""
    if telemetry.watcher() is not None:
        await (await composition.measuring()).run()


@blueprint.route("operations/lag", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def lag(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show how far each stage is behind."""
    return await show_lag(await composition.lags())


@blueprint.route("operations/parked", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def parked(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show the parked streams."""
    return await list_parked(await wiring.parking())


@blueprint.route(
    "operations/parked/{consumer}/{stream}/release",
    methods=["POST"],
    auth_level=func.AuthLevel.ADMIN,
)
async def release_parked(req: func.HttpRequest) -> func.HttpResponse:
    """Replay a parked stream."""
    return await decide(req, composition.operations, Action.RELEASE)


@blueprint.route(
    "operations/parked/{consumer}/{stream}/skip", methods=["POST"], auth_level=func.AuthLevel.ADMIN
)
async def skip_parked(req: func.HttpRequest) -> func.HttpResponse:
    """Pass over the event that a stream is parked at."""
    return await decide(req, composition.operations, Action.SKIP)


@blueprint.route("operations/rights/consumers", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
async def consumers_rights(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the trigger's
    """Show which of its rights this role has."""
    return await show_rights(await wiring.attempts(*composition.RIGHTS))
