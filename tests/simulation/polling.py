"""What a host does for the service that follows: polls, and takes webhooks; every call may go wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic_core import to_json

from consumers.polling.documents import EVENT
from consumers.polling.place import Place
from consumers.polling.polling import Polling
from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.identity.webhook_senders import Sender
from shared.adapters.polled_feeds import PolledFeed, read_polled_feeds
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.errors import OnewriteError, leaves
from shared.kernel.ports import FeedAnswer, FeedGone, FeedUnavailable, StoredPosition
from tests.simulation.calls import Calls
from tests.simulation.following import Following, is_pushed
from tests.simulation.keeping import SimParking, SimProgress, SimReceipts
from tests.simulation.ports import SimStore
from tests.simulation.pulling import SimFeedPages
from tests.simulation.serving import FEEDS, HOST, Server, serving
from tests.simulation.virtual_time import NOON, now, sleep

if TYPE_CHECKING:
    from tests.simulation.processes import Process

PACE = 60
"""The clock of the poller is so fast: what is to be left alone for a minute is asked after a second."""
WAITS = (None, 10.0, 60.0)
"""How long a feed that is throttled wants to be left alone, by that clock."""
OFTEN, LATE = 4, (0.5, 2.5)
"""So much oftener than other calls a page is throttled, or comes late, by so many virtual seconds."""
PORTION = 6
NEWEST = 12


def fast_clock() -> datetime:
    """Give the time by the clock of the poller."""
    return NOON + PACE * (now() - NOON)


@dataclass
class SimOthersFeeds:
    """The followed feed: a document may be refused or come late, and asked for too early it must not be.

    `waits` tells whether the host knows that it is too early.
    """

    calls: Calls
    server: Server
    waits: Callable[[], bool]
    asked_early: Callable[[str], object]

    async def ask(self, feed: str, url: str, tag: str | None) -> FeedAnswer | None:
        ask, path = lambda: self.server.ask(url, tag), url.removeprefix(HOST)
        weather, host = self.calls.weather, self.calls.host
        if self.waits():
            self.asked_early(f"{host} asks for {path} too early")
        if weather.strikes(host, "page throttled", OFTEN * weather.failures, path):
            raise self._throttled(False)
        try:
            answer = await self.calls.call(f"ask {feed} {path}", ask, self._throttled)
        except FeedGone:
            weather.befalls(host, f"meets a place that is gone {path}")
            raise
        if weather.strikes(host, "read returns late", OFTEN * weather.failures, path):
            await sleep(weather.dice.uniform(*LATE))
        return answer

    def _throttled(self, _happened: bool) -> FeedUnavailable:  # noqa: FBT001 - as `call` asks
        return FeedUnavailable("it is throttled", self.calls.weather.dice.choice(WAITS))


@dataclass
class KnownPlace:
    """The place as a host has seen it last."""

    inner: SimProgress
    place: Place | None = None

    async def read(self, name: str) -> str | None:
        return await self.inner.read(name)

    async def read_all(self, names: Sequence[str]) -> Mapping[str, str]:
        return await self.inner.read_all(names)

    async def write(self, name: str, position: str) -> None:
        await self.inner.write(name, position)

    async def find(self, name: str) -> StoredPosition | None:
        found = await self.inner.find(name)
        self.place = Place.model_validate_json(found.position) if found else None
        return found

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        tag = await self.inner.advance(name, position, replacing)
        self.place = Place.model_validate_json(position) if tag else self.place
        return tag

    def waits(self) -> bool:
        """Tell whether it is too early to ask."""
        return self.place is not None and self.place.waits(fast_clock())


def polled(form: str) -> PolledFeed:
    """Give the feed as the settings of the service name it."""
    path = f"{FEEDS}shop/0" if form == "archives" else f"{FEEDS}shop"
    (feed,) = read_polled_feeds({"POLLED_FEEDS": f"shop = {HOST}{path} | /onewrite/* | onewrite.*"})
    return feed


@dataclass
class Follower:
    """The service on one host."""

    process: "Process"
    following: Following

    def __post_init__(self) -> None:
        process, cloud = self.process, self.following.cloud
        calls, pages = process.calls, SimFeedPages(process.calls, process.cloud.pages)
        self.server = serving(
            *(process.roles.feeds.domain, pages, self.following.form), strict=self.following.strict
        )
        # Somebody else reads by the cursors.
        self.read = serving(process.roles.feeds.domain, pages, "batches", strict=False)
        self.feed = polled(self.following.form)
        store = SimStore(calls, cloud, process.detached, one_version=True)
        self.webhooks = Webhooks(
            cloud.domain,
            dispatcher(cloud.domain, store, now, process.pause),
            SimParking(calls, cloud.parking),
            SimReceipts(calls, self.following.receipts),
            now,
            process.pause,
        )
        progress = KnownPlace(SimProgress(calls, cloud.progress))
        others = SimOthersFeeds(calls, self.server, progress.waits, process.strange.append)
        clock = asyncio.get_running_loop().time
        self.polling = Polling(
            *(
                [self.feed],
                others,
                self._take,
                progress,
                fast_clock,
                self._unmeasured,
                clock,
                PORTION,
            )
        )

    def _unmeasured(self, _metric: object, _value: float, **_about: object) -> None:
        """Leave it to the telemetry how long a feed has failed."""

    async def poll(self) -> None:
        """Poll by the clock, from the day on on which somebody named the feed."""
        await sleep(max(0.0, self.following.since - asyncio.get_running_loop().time()))
        await self._every(0.1, 0.6, self.polling.run)

    async def _take(self, body: bytes, sender: Sender, declared: str) -> None:
        """Let an event take effect; now and then the host does nothing else any more."""
        await self.webhooks.take(body, sender, declared)
        weather, name = self.process.weather, self.process.name
        if weather.strikes(name, "dies behind an effect", OFTEN * weather.crashes):
            self.process.crash()
            await weather.never.wait()

    async def hear(self) -> None:
        """Take webhooks: what is new, or not so new, as often as it comes."""
        await self._every(0.1, 0.8, self._hear_one)

    async def _hear_one(self) -> None:
        dice = self.process.weather.dice
        newest = [event for events in self.following.offered() for event in events[-NEWEST:]]
        pushed = [event for event in newest if is_pushed(event)]
        if pushed:
            body = to_json(dice.choice(pushed))
            await self.webhooks.take(body, self.feed.sender, EVENT)

    async def _every(self, least: float, most: float, work: Callable[[], Awaitable[None]]) -> None:
        while not self.process.retired:
            await sleep(self.process.weather.dice.uniform(least, most))
            try:
                await work()
            except BaseExceptionGroup as error:
                for one in leaves(error):
                    self._check(one)
            except OnewriteError as error:
                self._check(error)

    def _check(self, error: BaseException) -> None:
        """Only what may pass may end a run, or that it took too long."""
        passes = isinstance(error, OnewriteError) and error.transient
        if not passes and not isinstance(error, TimeoutError):
            self.process.strange.append(f"{self.process.name} met {error!r}")
