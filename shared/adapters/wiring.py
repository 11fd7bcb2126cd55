"""The composition root: every client once a process, made when it is first used."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING

from shared.adapters import names, telemetry
from shared.adapters.lazy_singleton import once
from shared.adapters.settings import Settings, WebhookSettings, check, read_feeds
from shared.kernel import ports
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.dispatcher import dispatcher as dispatcher_of
from shared.kernel.domain import Domain
from shared.kernel.views.generation import GenerationRows

if TYPE_CHECKING:
    from azure.cosmos.aio import ContainerProxy, CosmosClient

    from shared.adapters.event_hubs import EventHubsLog
    from shared.adapters.log_reader import EventHubsReader


@cache
def settings() -> Settings:
    """Read the settings, once."""
    return Settings.read()


@once
async def event_store() -> ports.EventStore:
    """Give the event store."""
    from shared.adapters.cosmos.event_store import open_event_store

    events, snapshots = await _container(names.EVENTS), await _container(names.SNAPSHOTS)
    return telemetry.store(await open_event_store(events, snapshots))


async def event_reader() -> ports.EventReader:
    """Give the event store to those who may only read: it tries nothing out."""
    from shared.adapters.cosmos.event_store import CosmosEventStore

    return telemetry.store(CosmosEventStore(await _container(names.EVENTS)))


@once
async def dispatcher(domain: Domain) -> Dispatcher:
    """Give the dispatcher of this process: a second one would meet the first as a stranger in every stream."""
    return dispatcher_of(domain, await event_store(), now, pause, telemetry.commands)


async def rows() -> ports.Rows:
    """Give the rows of the views, in all of their generations."""
    from shared.adapters.cosmos.rows import CosmosRows

    return CosmosRows(await _container(names.VIEWS))


async def served_rows() -> ports.RowReader:
    """Give the rows that are read."""
    return GenerationRows(await rows(), attrgetter("serving"), clock)


async def delivered_rows() -> ports.RowReader:
    """Give the rows that hold nothing but what the log has brought."""
    return GenerationRows(await rows(), attrgetter("oldest"), clock)


async def parking() -> ports.Parking:
    """Give the markers of parked streams."""
    from shared.adapters.cosmos.parking import CosmosParking

    return telemetry.parking(CosmosParking(await _container(names.PARKED)))


async def feed() -> ports.Feed:
    """Give everything that was ever written to the store."""
    from shared.adapters.cosmos.feed import CosmosFeed

    return CosmosFeed(await _container(names.EVENTS))


async def feed_pages() -> ports.FeedPages:
    """Give the pages of the feeds that others pull."""
    from shared.adapters.cosmos.feed_pages import CosmosFeedPages

    return CosmosFeedPages(await _container(names.PAGES))


async def leases() -> ports.Leases:
    """Give where the publisher has come in the feed."""
    from shared.adapters.cosmos.leases import CosmosLeases

    made, events = await _container(names.LEASES), await _container(names.EVENTS)
    return CosmosLeases(made, events, names.LEASE_PREFIX, now)


async def progress() -> ports.Progress:
    """Give how far slow work has come."""
    from shared.adapters.cosmos.feed import CosmosProgress

    return CosmosProgress(await _container(names.PROGRESS))


async def log() -> ports.Log:
    """Give the log."""
    return telemetry.log(_sender(names.EVENTS_HUB))


async def mailbox() -> ports.Log:
    """Give the way into the durable mailbox."""
    return _sender(names.COMMANDS_HUB)


@once
async def notifier() -> ports.Notifier:
    """Give the topic that tells others."""
    from shared.adapters.event_grid import open_notifier

    return open_notifier(settings())


async def outcomes() -> ports.Outcomes:
    """Give the final outcomes of commands that left no commit."""
    from shared.adapters.cosmos.outcomes import CosmosOutcomes

    return CosmosOutcomes(await _container(names.OUTCOMES))


async def receipts() -> ports.Receipts:
    """Give what was received first under every key of others."""
    from shared.adapters.cosmos.inbound_receipts import CosmosReceipts

    return CosmosReceipts(await _container(names.OUTCOMES))


async def log_reader() -> ports.LogReader:
    """Give what the log holds."""
    return _reader(names.EVENTS_HUB)


async def mailbox_reader() -> ports.LogReader:
    """Give what the durable mailbox holds."""
    return _reader(names.COMMANDS_HUB)


@once
async def archive() -> ports.Archive | None:
    """Give all that the log has ever held; None where no setting says where it is."""
    from shared.adapters.archive import open_archive

    return open_archive(settings())


async def warm() -> None:
    """Open what the first batch would wait for; raises ConfigurationError that names a wrong setting."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_sender(names.EVENTS_HUB).warm())
        group.create_task(_cosmos())
    check()


async def attempts(*rights: str) -> dict[str, Callable[[], Awaitable[object]]]:
    """Give for each right, such as `views:write`, what shows without a trace whether this app has it."""
    from shared.adapters.archive import ARCHIVE, check_archive
    from shared.adapters.cosmos.probe import attempt

    found: dict[str, Callable[[], Awaitable[object]]] = {}
    for right in rights:
        name, _, may = right.partition(":")
        if may == "send":
            found[right] = _sender(name).connect
        elif name == ARCHIVE:
            found[right] = partial(check_archive, archive)
        elif may == "receive":
            found[right] = _reader(name).extents
        else:
            found[right] = partial(attempt, await _container(name), names.PARTITION_KEYS[name], may)
    return found


@cache
def webhook_settings() -> WebhookSettings:
    """Read who may deliver events of others, once."""
    return WebhookSettings.read()


async def others_feeds() -> ports.OthersFeeds:
    """Give the feeds of others that the settings name."""
    from shared.adapters.others_feeds import HttpOthersFeeds

    return HttpOthersFeeds(read_feeds(), now)


@cache
def token_verifier() -> Callable[[str], Awaitable[str | None]] | None:
    """Give what tells which application a token was made for, if tokens are believed at all."""
    tokens = webhook_settings().tokens
    if tokens is None:
        return None
    from shared.adapters.identity.entra_tokens import open_verifier

    return open_verifier(tokens)


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def clock() -> float:
    """Count seconds, whatever becomes of the time."""
    return time.monotonic()


async def pause(attempt: int) -> None:
    """Wait before a new attempt: full jitter, from 10 ms on, doubling, at most 0.5 s."""
    await asyncio.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 - no secret


async def _container(name: str) -> "ContainerProxy":
    from shared.adapters.cosmos.client import container

    return container(await _cosmos(), name)


@once
async def _cosmos() -> "CosmosClient":
    from shared.adapters.cosmos.client import open_client

    return await open_client(settings())


@cache
def _sender(hub: str) -> "EventHubsLog":
    from shared.adapters.event_hubs import open_log, open_mailbox

    return (open_mailbox if hub == names.COMMANDS_HUB else open_log)(settings())


@cache
def _reader(hub: str) -> "EventHubsReader":
    from shared.adapters.log_reader import open_log_reader

    return open_log_reader(settings(), hub)
