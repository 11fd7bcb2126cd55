"""The consumers, assembled once a process."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from consumers.replay.composition import auditing, filling_from_log
from shared.adapters import telemetry, wiring
from shared.adapters.identity.configured_actors import actors
from shared.adapters.lazy_singleton import once
from shared.adapters.names import (
    COMMANDS_HUB,
    CONSUMERS,
    DEADLINES,
    EVENTS_HUB,
    FEEDS,
    FOLLOWERS,
    MAILBOX,
    NOTIFICATIONS,
    PROJECTIONS,
    REACTIONS,
    SINGLE_PUBLISHER,
    WEBHOOKS,
)
from shared.domain import domain

FOLLOWING = FOLLOWERS if domain.feeds else tuple(one for one in FOLLOWERS if one != FEEDS)
"""Who reads the log here: a business without feeds has nobody who would fill them."""

# Each instance runs a few of the functions: it loads what they need when it first needs it.
if TYPE_CHECKING:
    from consumers.deadlines import Deadlines
    from consumers.feed_filling import Filling
    from consumers.feeds import Feeds
    from consumers.lag_metrics import Measuring
    from consumers.mailbox import Mailbox
    from consumers.notifications import Notifications
    from consumers.projections import Projections
    from consumers.reactions import Reactions
    from consumers.rebuild import Rebuild
    from consumers.scheduled_commands import Schedule
    from consumers.webhooks.endpoint import Receiver
    from consumers.webhooks.inbound_commands import Webhooks
    from shared.adapters.http.lag import Lags
    from shared.adapters.http.parked_streams_endpoint import Operations


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
    processor = event_processor(domain, dispatcher, wiring.pause)
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
async def feeds() -> "Feeds":
    """Give the feeds of this process."""
    from consumers.chain_writing import Chains
    from consumers.feeds import Feeds

    return Feeds(
        domain,
        await wiring.served_rows(),
        Chains(await wiring.feed_pages()),
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


@once
async def webhooks() -> "Webhooks":
    """Give what takes events of others in this process."""
    from consumers.webhooks.inbound_commands import Webhooks

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
    from consumers.webhooks.endpoint import Receiver

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
async def schedule() -> "Schedule":
    """Give what hands over scheduled commands in this process."""
    from consumers.scheduled_commands import Schedule

    return Schedule(await wiring.rows(), await mailbox(), await wiring.outcomes(), wiring.now)


@once
async def rebuild() -> "Rebuild":
    """Give the rebuild of views, also while the store is away; the slowest reader is given minutes."""
    from consumers.projections import Projections
    from consumers.rebuild import Rebuild
    from shared.kernel.views.generation import KEPT

    rows, store, parking = await wiring.rows(), await wiring.event_reader(), await wiring.parking()
    filling = Projections(domain.kept_views, rows, store, parking, wiring.log, wiring.now)
    return Rebuild(
        filling,
        await wiring.feed(),
        await wiring.progress(),
        5 * timedelta(seconds=wiring.settings().sweep_age) + 2 * KEPT,
        from_log=await filling_from_log(filling),
    )


@once
async def filling() -> "Filling":
    """Give what fills feeds in this process."""
    from consumers.feed_filling import Filling

    return Filling(await feeds(), await wiring.feed(), await wiring.progress())


audit = once(auditing)
"""Gives the audit of this process, which keeps what it has read of a bucket from run to run."""


async def operations(consumer: str) -> "Operations":
    """Give what operators do with streams that are parked for a consumer; raises Problem for an unknown one."""
    from shared.adapters.http.parked_streams_endpoint import Operations
    from shared.adapters.http.problems import not_found

    assembled: Mapping[str, Callable[[], Awaitable[Any]]] = {
        PROJECTIONS: projections,
        REACTIONS: reactions,
        NOTIFICATIONS: notifications,
        FEEDS: feeds,
        MAILBOX: mailbox,
        WEBHOOKS: webhooks,
        DEADLINES: deadlines,
    }
    if consumer not in assembled:
        raise not_found("There is no such consumer here.")
    running = await assembled[consumer]()
    parking = await wiring.parking()
    return Operations(consumer, parking, running.replay, wiring.now, actors())


@once
async def lags() -> "Lags":
    """Give what tells how far each stage is behind."""
    from shared.adapters.http.lag import Lags

    log, mailbox = await wiring.log_reader(), await wiring.mailbox_reader()
    moved_to = wiring.settings().moved_to
    return Lags(
        publisher=SINGLE_PUBLISHER,
        consumers={**dict.fromkeys(FOLLOWING, log), MAILBOX: mailbox},
        feed=await wiring.feed(),
        leases=await wiring.leases(),
        progress=await wiring.progress(),
        now=wiring.now,
        moved_to={
            **dict.fromkeys(FOLLOWING, moved_to(EVENTS_HUB)),
            MAILBOX: moved_to(COMMANDS_HUB),
        },
    )


@once
async def measuring() -> "Measuring":
    """Give what measures by the clock in this process."""
    from consumers.lag_metrics import Measuring

    return Measuring(await lags(), await wiring.parking(), CONSUMERS, telemetry.record)
