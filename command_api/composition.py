"""The command side, assembled once a process; tests assemble it from memory twins."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters import wiring
from shared.adapters.identity.actor import NOBODY, Actors
from shared.adapters.identity.configured_actors import actors
from shared.adapters.lazy_singleton import once
from shared.domain import domain as shipped_domain
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.domain import Domain
from shared.kernel.ports import EventStore, Leases, Log, Outcomes, RowReader, Rows

# Who is only sent commands has nobody to read feeds: it is loaded when somebody does.
if TYPE_CHECKING:
    from command_api.feeds.reading import FeedReaders


@dataclass(frozen=True, slots=True)
class Application:
    """What the HTTP functions work with."""

    domain: Domain
    dispatcher: Dispatcher
    store: EventStore
    rows: RowReader
    outcomes: Outcomes
    mailbox: Callable[[], Awaitable[Log]]
    scheduled: Callable[[], Awaitable[Rows]]
    leases: Callable[[], Awaitable[Leases]]
    feeds: "Callable[[], Awaitable[FeedReaders]]"
    now: Callable[[], datetime]
    actors: Actors = NOBODY
    """Tells who asks."""


@once
async def feed_readers() -> "FeedReaders":
    """Give what reads the feeds in this process."""
    from command_api.feeds.reading import FeedReaders

    return FeedReaders(wiring.feed_pages)


@once
async def application() -> Application:
    """Give the application of this process."""
    return Application(
        domain=shipped_domain,
        dispatcher=await wiring.dispatcher(shipped_domain),
        store=await wiring.event_store(),
        rows=await wiring.served_rows(),
        outcomes=await wiring.outcomes(),
        mailbox=wiring.mailbox,
        scheduled=wiring.rows,
        leases=wiring.leases,
        feeds=feed_readers,
        now=wiring.now,
        actors=actors(),
    )
