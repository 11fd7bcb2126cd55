"""The consumers, assembled once a process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters import settings, telemetry, wiring
from shared.adapters.names import (
    COMMANDS_HUB,
    CONSUMERS,
    DEADLINES,
    EVENTS_HUB,
    FOLLOWERS,
    MAILBOX,
    NOTIFICATIONS,
    PROJECTIONS,
    REACTIONS,
    SINGLE_PUBLISHER,
    WEBHOOKS,
)
from shared.adapters.once import once
from shared.domain import domain
from shared.kernel.delivery.retry import Attempts
from shared.kernel.delivery.together import side_by_side

# Each instance runs a few of the functions: it loads what they need when it first needs it.
if TYPE_CHECKING:
    from consumers.deadlines import Deadlines
    from consumers.delivery import Arrival
    from consumers.following import Follower
    from consumers.lag_metrics import Measuring
    from consumers.mailbox import Mailbox
    from consumers.notifications import Notifications
    from consumers.projections import Projections
    from consumers.reactions import Reactions
    from consumers.rebuild import Rebuild
    from consumers.webhooks.handling import Webhooks
    from consumers.webhooks.receiving import Receiver
    from shared.adapters.http.lag import Lags
    from shared.adapters.http.operations import Operations

# What this role needs of what can be tried without a trace; infra/apps.json grants it.
RIGHTS = (
    *("events:append", "views:write", "leases:read", "parked:write", "outcomes:append"),
    "snapshots:write",
    *("progress:write", "events:receive", "commands:receive", "events:send"),
)

_followers: "dict[str, Follower]" = {}


@once
async def projections() -> "Projections":
    """Give the projections of this process."""
    from consumers.projections import Projections

    return Projections(
        domain.kept_views,
        await wiring.rows(),
        await wiring.event_store(),
        await wiring.parking(),
        wiring.log,
        wiring.now,
    )


@once
async def reactions() -> "Reactions":
    """Give the reactions of this process."""
    from consumers.reaction_handlers import event_processor
    from consumers.reactions import Reactions

    dispatcher = await wiring.dispatcher(domain)
    processor = event_processor(domain, dispatcher, wiring.now, wiring.pause)
    store, parking = await wiring.event_store(), await wiring.parking()
    return Reactions(domain, processor, store, parking, wiring.now)


@once
async def notifications() -> "Notifications":
    """Give the notifications of this process."""
    from consumers.notifications import Notifications

    return Notifications(
        domain,
        await wiring.served_rows(),
        await wiring.notifier(),
        await wiring.event_store(),
        await wiring.parking(),
        wiring.now,
        wiring.pause,
    )


@once
async def mailbox() -> "Mailbox":
    """Give the durable mailbox of this process."""
    from consumers.mailbox import Mailbox

    return Mailbox(
        domain,
        await wiring.dispatcher(domain),
        await wiring.outcomes(),
        await wiring.parking(),
        wiring.now,
        wiring.pause,
    )


async def follower(consumer: str) -> "Follower":
    """Give what follows the hub of a consumer in this process, and remembers its places."""
    from consumers.following import Follower
    from consumers.reading import event_in

    if consumer not in _followers:
        waits = consumer == MAILBOX
        _followers[consumer] = Follower(
            consumer=consumer,
            handle=_HANDLERS[consumer],
            progress=await wiring.progress(),
            hub=wiring.mailbox_reader if waits else wiring.log_reader,
            parking=await wiring.parking(),
            partitions=wiring.settings().partitions(COMMANDS_HUB if waits else EVENTS_HUB),
            now=wiring.now,
            pause=wiring.pause,
            read=_command_in if waits else event_in,
        )
    return _followers[consumer]


async def catch_up() -> None:
    """Let every consumer handle what nobody brings it; raises a group of all that may go well later."""
    waited = timedelta(seconds=wiring.settings().sweep_age)
    followers = [await follower(consumer) for consumer in (*FOLLOWERS, MAILBOX)]
    _, errors = await side_by_side(one.catch_up(waited) for one in followers)
    if errors:
        raise BaseExceptionGroup("not every consumer has caught up", errors)


def _command_in(body: bytes) -> "Arrival[Any]":
    from consumers.mailbox import command_in

    return command_in(body)


async def _project(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await projections()).project(bodies, attempts)


async def _react(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await reactions()).react(bodies, attempts)


async def _notify(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await notifications()).notify(bodies, attempts)


async def _decide(bodies: Sequence[bytes], attempts: Attempts) -> None:
    await (await mailbox()).handle(bodies, attempts)


_HANDLERS = {PROJECTIONS: _project, REACTIONS: _react, NOTIFICATIONS: _notify, MAILBOX: _decide}


@once
async def webhooks() -> "Webhooks":
    """Give what takes events of others in this process."""
    from consumers.webhooks.handling import Webhooks

    return Webhooks(
        domain,
        await wiring.dispatcher(domain),
        await wiring.parking(),
        await wiring.receipts(),
        wiring.now,
        wiring.pause,
    )


@once
async def receiver() -> "Receiver":
    """Give the webhook of this process."""
    from consumers.webhooks.authentication import Authentication
    from consumers.webhooks.receiving import Receiver

    settings = wiring.webhook_settings()
    authentication = Authentication(settings.senders, wiring.token_verifier())
    return Receiver(webhooks, authentication, settings.origins, settings.subscriptions)


@once
async def deadlines() -> "Deadlines":
    """Give the deadlines of this process."""
    from consumers.deadlines import Deadlines

    return Deadlines(
        domain.deadlines,
        await wiring.served_rows(),
        await wiring.event_store(),
        await wiring.dispatcher(domain),
        await wiring.parking(),
        await wiring.progress(),
        wiring.now,
    )


@once
async def rebuild() -> "Rebuild":
    """Give the rebuild of views; the sweep is given five times what it stays behind to see a change."""
    from consumers.rebuild import Rebuild
    from shared.kernel.views.generation import KEPT

    return Rebuild(
        await projections(),
        await wiring.feed(),
        await wiring.progress(),
        wiring.now,
        5 * timedelta(seconds=wiring.settings().sweep_age) + 2 * KEPT,
    )


async def operations(consumer: str) -> "Operations":
    """Give what operators do with streams that are parked for a consumer; raises Problem for an unknown one."""
    from shared.adapters.http.operations import Operations
    from shared.adapters.http.problems import not_found

    assembled: Mapping[str, Callable[[], Awaitable[Any]]] = {
        PROJECTIONS: projections,
        REACTIONS: reactions,
        NOTIFICATIONS: notifications,
        MAILBOX: mailbox,
        WEBHOOKS: webhooks,
        DEADLINES: deadlines,
    }
    if consumer not in assembled:
        raise not_found(f"There is no consumer '{consumer[:60]}' here.")
    running = await assembled[consumer]()
    parking = await wiring.parking()
    return Operations(consumer, parking, running.replay, wiring.now, settings.signs_in())


@once
async def lags() -> "Lags":
    """Give what tells how far each stage is behind."""
    from shared.adapters.http.lag import Lags

    log, mailbox = await wiring.log_reader(), await wiring.mailbox_reader()
    return Lags(
        publisher=SINGLE_PUBLISHER,
        consumers={**dict.fromkeys(FOLLOWERS, log), MAILBOX: mailbox},
        feed=await wiring.feed(),
        leases=await wiring.leases(),
        progress=await wiring.progress(),
        now=wiring.now,
    )


@once
async def measuring() -> "Measuring":
    """Give what measures by the clock in this process."""
    from consumers.lag_metrics import Measuring

    return Measuring(await lags(), await wiring.parking(), CONSUMERS, telemetry.record)
