"""The consumers, assembled once a process."""

from consumers import notifications as notifying
from consumers import projections as projecting
from consumers import reactions as reacting
from consumers.causing import event_processor
from consumers.deadlines import Deadlines
from consumers.mailbox import DurableMailbox
from consumers.notifications import Notifications
from consumers.projections import Projections
from consumers.reactions import Reactions
from consumers.webhooks import handling
from consumers.webhooks.authentication import Authentication
from consumers.webhooks.handling import Webhooks
from consumers.webhooks.receiving import Receiver
from shared.adapters import wiring
from shared.adapters.http.lag import Lags
from shared.adapters.http.operations import Operations
from shared.adapters.http.problems import not_found
from shared.adapters.names import NOTIFICATIONS, PROJECTIONS, REACTIONS, SINGLE_PUBLISHER
from shared.domain import domain

_projections: list[Projections] = []
_reactions: list[Reactions] = []
_notifications: list[Notifications] = []


async def projections() -> Projections:
    """Give the projections of this process."""
    if not _projections:
        _projections.append(
            Projections(
                domain.views,
                await wiring.rows(),
                await wiring.event_store(),
                await wiring.parking(),
                wiring.log,
                wiring.now,
            )
        )
    return _projections[0]


async def reactions() -> Reactions:
    """Give the reactions of this process."""
    if not _reactions:
        dispatcher = await wiring.dispatcher(domain)
        processor = event_processor(domain, dispatcher, wiring.now, wiring.pause)
        store, parking = await wiring.event_store(), await wiring.parking()
        _reactions.append(Reactions(domain, processor, store, parking, wiring.now))
    return _reactions[0]


async def notifications() -> Notifications:
    """Give the notifications of this process."""
    if not _notifications:
        _notifications.append(
            Notifications(
                domain,
                await wiring.rows(),
                await wiring.notifier(),
                await wiring.event_store(),
                await wiring.parking(),
                wiring.now,
                wiring.pause,
            )
        )
    return _notifications[0]


async def mailbox() -> DurableMailbox:
    """Give the durable mailbox of this process."""
    return DurableMailbox(
        domain,
        await wiring.dispatcher(domain),
        await wiring.outcomes(),
        await wiring.parking(),
        wiring.now,
        wiring.pause,
    )


async def webhooks() -> Webhooks:
    """Give what takes events of others in this process."""
    return Webhooks(
        domain,
        await wiring.dispatcher(domain),
        await wiring.parking(),
        wiring.now,
        wiring.pause,
    )


async def receiver() -> Receiver:
    """Give the webhook of this process."""
    settings = wiring.webhook_settings()
    authentication = Authentication(settings.secrets, wiring.token_verifier())
    return Receiver(await webhooks(), authentication, settings.origins, settings.subscriptions)


async def deadlines() -> Deadlines:
    """Give the deadlines of this process."""
    return Deadlines(
        domain.deadlines,
        await wiring.rows(),
        await wiring.event_store(),
        await wiring.dispatcher(domain),
        wiring.now,
    )


async def operations(consumer: str) -> Operations:
    """Give what operators do with streams that are parked for a consumer; raises Problem for an unknown one."""
    parking = await wiring.parking()
    if consumer == projecting.CONSUMER:
        return Operations(consumer, parking, (await projections()).replay, wiring.now)
    if consumer == reacting.CONSUMER:
        return Operations(consumer, parking, (await reactions()).replay, wiring.now)
    if consumer == notifying.CONSUMER:
        return Operations(consumer, parking, (await notifications()).replay, wiring.now)
    if consumer == handling.CONSUMER:
        return Operations(consumer, parking, (await webhooks()).replay, wiring.now)
    raise not_found(f"There is no consumer '{consumer[:60]}' here.")


async def lags() -> Lags:
    """Give what tells how far each stage is behind."""
    return Lags(
        publisher=SINGLE_PUBLISHER,
        consumers=(PROJECTIONS, REACTIONS, NOTIFICATIONS),
        feed=await wiring.feed(),
        leases=await wiring.leases(),
        log=await wiring.log_reader(),
        progress=await wiring.progress(),
        now=wiring.now,
    )
