"""The triggers of the consumers, and what operators do with streams that are parked for them."""

from collections.abc import Sequence

import azure.functions as func

from consumers import composition, follower_composition
from consumers.audit_endpoint import answer_audit
from consumers.hub_triggers import hub_function
from consumers.polling import composition as polling_composition
from consumers.rebuild_endpoint import answer_rebuild
from consumers.webhooks.event_grid_trigger import body_of
from shared.adapters import names, telemetry, wiring
from shared.adapters.azure_rights import show_rights
from shared.adapters.http.lag import show_lag
from shared.adapters.http.parked_streams_endpoint import list_parked
from shared.adapters.http.queries import parameters
from shared.adapters.http.responses import json_response
from shared.adapters.triggers import http_function, timer_function
from shared.domain import domain
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.ports import NumberedMessage

blueprint = func.Blueprint()

REBUILD_SECONDS = 25.0
"""What takes longer than 30 is cut off when the platform stops the instance."""
ANONYMOUS, ADMIN = func.AuthLevel.ANONYMOUS, func.AuthLevel.ADMIN


@hub_function(blueprint, names.EVENTS_HUB, names.PROJECTIONS)
async def projections(messages: Sequence[NumberedMessage]) -> None:
    """Bring the rows of the views up to date."""
    await (await follower_composition.follower(names.PROJECTIONS)).take(messages)


@hub_function(blueprint, names.EVENTS_HUB, names.REACTIONS)
async def reactions(messages: Sequence[NumberedMessage]) -> None:
    """Dispatch what events cause."""
    await (await follower_composition.follower(names.REACTIONS)).take(messages)


@hub_function(blueprint, names.EVENTS_HUB, names.NOTIFICATIONS)
async def notifications(messages: Sequence[NumberedMessage]) -> None:
    """Tell others what happened, under the same ids whenever it is told again."""
    await (await follower_composition.follower(names.NOTIFICATIONS)).take(messages)


@hub_function(blueprint, names.EVENTS_HUB, names.FEEDS, wanted=bool(domain.feeds))
async def feeds(messages: Sequence[NumberedMessage]) -> None:
    """Append public events to the pages that others pull."""
    await (await follower_composition.follower(names.FEEDS)).take(messages)


@hub_function(blueprint, names.COMMANDS_HUB, names.MAILBOX)
async def mailbox(messages: Sequence[NumberedMessage]) -> None:
    """Handle the commands that wait."""
    await (await follower_composition.follower(names.MAILBOX)).take(messages)


# It authenticates every delivery itself: Event Grid has no function key in a rotation of its own.
# What a sender accepts is not asked: it looks at the status alone.
@http_function(blueprint, "webhooks", ["POST", "OPTIONS"], ANONYMOUS, offers=())
async def webhook(req: func.HttpRequest) -> func.HttpResponse:
    """Take events of others, from senders that are not bound to the platform."""
    return await (await composition.receiver()).receive(req)


@blueprint.event_grid_trigger("event")
async def inbound_event(event: func.EventGridEvent) -> None:
    """Take an event of others from the platform, in either schema."""
    with telemetry.failures(names.WEBHOOKS, lambda: f" on event {event.id}"):
        sender = wiring.webhook_settings().platform
        await (await composition.webhooks()).take(body_of(event), sender)


@timer_function(blueprint, "30 * * * * *")
async def deadlines() -> None:
    """Do what is due: hand scheduled commands over, and tell streams whose time has come."""
    schedule, looking = await composition.schedule(), await composition.deadlines()
    _, errors = await side_by_side([schedule.run(), looking.run()])
    if errors:
        raise BaseExceptionGroup("not all that is due was done", errors)


@timer_function(blueprint, "10 * * * * *")
async def polling() -> None:
    """Let what the feeds of others say take effect, if the settings name any."""
    following = await polling_composition.polling()
    if following is not None:
        await following.run()


@timer_function(blueprint, names.CATCH_UP_SCHEDULE)
async def catch_up() -> None:
    """Handle what a hub holds and nobody brings."""
    await follower_composition.catch_up()


# It keeps the time of the sweep, which it waits for.
@timer_function(blueprint, names.SWEEP_SCHEDULE)
async def rebuild() -> None:
    """Go on with the views that are being rebuilt, the feeds that are being filled, and the audit."""
    going, filling = await composition.rebuild(), await composition.filling()
    auditing = await composition.audit()
    works = [one.run(REBUILD_SECONDS) for one in (going, filling, auditing)]
    _, errors = await side_by_side(works)
    if errors:
        raise BaseExceptionGroup("not all went on", errors)


@http_function(blueprint, "operations/views/{view}/rebuild", ["GET", "POST"], ADMIN)
async def view_rebuild(req: func.HttpRequest) -> func.HttpResponse:
    """Begin to rebuild a view, or show how far it is."""
    return await answer_rebuild(req, await composition.rebuild())


@http_function(blueprint, "operations/audit", ["GET", "POST"], ADMIN)
async def audit(req: func.HttpRequest) -> func.HttpResponse:
    """Begin to audit store and log, or show how far that is and what it has found."""
    return await answer_audit(req, await composition.audit())


@timer_function(blueprint, "15 * * * * *")
async def measure() -> None:
    """Measure what waits and what is parked, if somebody takes it."""
    if telemetry.watcher() is not None:
        await (await composition.measuring()).run()


@http_function(blueprint, "operations/lag", ["GET"], ADMIN)
async def lag(_: func.HttpRequest) -> func.HttpResponse:
    """Show how far each stage is behind."""
    return await show_lag(await composition.lags())


@http_function(blueprint, "operations/live", ["GET"], ADMIN)
async def live(_: func.HttpRequest) -> func.HttpResponse:
    """Show how far each stage is, at a bounded cost."""
    # Nobody's start waits for what a console alone needs.
    from consumers.live_composition import live as watching

    looking = await watching()
    return json_response(await looking())


@http_function(blueprint, "operations/parked", ["GET"], ADMIN)
async def parked(req: func.HttpRequest) -> func.HttpResponse:
    """Show the parked streams."""
    return await list_parked(await wiring.parking(), parameters(req))


@http_function(blueprint, "operations/parked/{consumer}/{stream}/release", ["POST"], ADMIN)
async def release_parked(req: func.HttpRequest) -> func.HttpResponse:
    """Replay a parked stream."""
    return await (await composition.operations(req.route_params["consumer"])).release(req)


@http_function(blueprint, "operations/parked/{consumer}/{stream}/skip", ["POST"], ADMIN)
async def skip_parked(req: func.HttpRequest) -> func.HttpResponse:
    """Pass over the event that a stream is parked at."""
    return await (await composition.operations(req.route_params["consumer"])).skip(req)


@http_function(blueprint, "operations/rights/consumers", ["GET"], ADMIN)
async def consumers_rights(_: func.HttpRequest) -> func.HttpResponse:
    """Show which of its rights this role has."""
    return await show_rights("consumers")
