"""Polling: what the feeds of others say takes effect as what webhooks bring, once, whichever way it comes.

The place in a feed is kept behind the effect. An event that can never take effect is parked for itself. A feed
that fails is its owner's to mend: the run ends well, and what rings is how long the feed has not been followed.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from consumers.polling import archives, batches
from consumers.polling.documents import ATOM, EVENT, Document, read_document
from consumers.polling.place import Place, names, unseen
from shared.adapters.error_log import warn
from shared.adapters.identity.webhook_senders import Sender
from shared.adapters.otel.metric_names import UNFOLLOWED
from shared.adapters.polled_feeds import PolledFeed, origin
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import FeedAnswer, FeedGone, FeedUnavailable, OthersFeeds, Progress

SECONDS = 25.0
"""So long a run takes at most: the platform cuts off what takes 30 when it stops an instance."""
BEGINS = 15.0
"""So long a run begins with another document."""
PORTION = 100
"""So many events are handled before it is noted which: a run that is cut off has got on."""

LARGEST_PLACE = 1_500_000
"""Bytes of a place: an item of the store may have 2 MB."""

type Take = Callable[[bytes, Sender, str], Awaitable[None]]
"""Lets an event take effect, or parks it; raises what may go well later."""


@dataclass(slots=True)
class Kept:
    """The place in one feed, as it is to be replaced, and which batches were `asked` for in this run."""

    name: str
    place: Place
    tag: str | None
    asked: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Polling:
    """Follows the feeds of others, each for itself; `clock` measures seconds that something takes.

    Every run hands to `record(metric, value, feed=name)` for how long each feed has failed. Every `portion` of a
    document is noted when it was handled.
    """

    feeds: Sequence[PolledFeed]
    others: OthersFeeds
    take: Take
    progress: Progress
    now: Callable[[], datetime]
    record: Callable[..., None]
    clock: Callable[[], float] = time.monotonic
    portion: int = PORTION

    async def run(self) -> None:
        """Follow every feed for a while; raises a group of what failed here for any, when the others are done."""
        end = self.clock() + BEGINS
        _, errors = await side_by_side(self._poll(feed, end) for feed in self.feeds)
        if errors:
            raise BaseExceptionGroup("not every feed was followed", errors)

    async def _poll(self, feed: PolledFeed, end: float) -> None:
        kept = await self._kept(feed)
        if not kept.place.waits(self.now()):
            await self._follow(feed, kept, end)
        self.record(UNFOLLOWED, kept.place.unfollowed(self.now()), feed=feed.name)

    async def _follow(self, feed: PolledFeed, kept: Kept, end: float) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                while await self._step(feed, kept) and self.clock() < end:
                    pass
        except (FeedUnavailable, FeedGone, InvalidMessage) as error:
            wait = error.wait if isinstance(error, FeedUnavailable) else None
            await self._keep(kept, kept.place.failed(self.now(), wait))
            warn(f"the feed '{feed.name}' was not followed", error)

    async def _kept(self, feed: PolledFeed) -> Kept:
        name = f"poll:{feed.name}"
        found = await self.progress.find(name)
        place = Place.model_validate_json(found.position) if found else None
        if place is None or place.feed != feed.url:
            place = Place(feed=feed.url)
        return Kept(name, place, found.tag if found else None)

    async def _keep(self, kept: Kept, place: Place) -> bool:
        """Note a place; False where another host has noted one, which goes on from there.

        Whatever both hosts handle meanwhile takes effect once.
        """
        written = place.model_dump_json()
        if len(written) > LARGEST_PLACE:
            raise InvalidMessage("what is to be remembered of it does not fit into an item")
        kept.tag = await self.progress.advance(kept.name, written, kept.tag)
        kept.place = place
        return kept.tag is not None

    async def _step(self, feed: PolledFeed, kept: Kept) -> bool:
        """Handle one document, and tell whether there is more."""
        place = kept.place
        url = archives.url_of(place) if place.url is None else place.url
        _check_led(feed, url)
        try:
            answer = await self.others.ask(feed.name, url, place.tag)
        except FeedGone:
            if url == feed.url:
                raise
            # It was written anew: what comes again does nothing.
            kept.asked.clear()
            return await self._keep(kept, Place(feed=feed.url))
        moved, more = place.moved(), False
        if answer is not None:
            moved, more = await self._read(feed, kept, url, answer)
            # Before it is kept: who has mended a link is not asked where it led.
            _check_led(feed, *(led for led in (moved.url, *moved.back[-1:]) if led is not None))
            if place.url is not None:
                kept.asked.add(url)
            if more and moved.url in kept.asked:
                raise InvalidMessage(f"the links of '{feed.name}' lead in a circle")
        return (moved == kept.place or await self._keep(kept, moved)) and more

    async def _read(
        self, feed: PolledFeed, kept: Kept, url: str, answer: FeedAnswer
    ) -> tuple[Place, bool]:
        """Handle what is in a document; give the place behind it, and whether more may be there."""
        place, document = kept.place, read_document(url, answer)
        if place.url if answer.form == ATOM else place.back or place.done:
            raise InvalidMessage(f"'{feed.name}' was read in another form before")
        if answer.form == ATOM:
            if archives.is_way_back(place, document):
                return archives.one_back(place, document), True
            await self._handle(feed, kept, document)
            return archives.behind(kept.place, answer, document)
        if batches.is_beginning_elsewhere(place, document):
            return place.moved(url=document.links["first"]), True
        if batches.is_known(place, document):
            return place.moved(), False
        await self._handle(feed, kept, document)
        return batches.behind(kept.place, url, answer, document)

    async def _handle(self, feed: PolledFeed, kept: Kept, document: Document) -> None:
        """Let events take effect, those of a subject in order; raises a group of what may go well later."""
        portions = list(batched(unseen(kept.place, document.items), self.portion, strict=False))
        for number, some in enumerate(portions):
            if number:
                seen = (*kept.place.seen, *names(portions[number - 1]))
                await self._keep(kept, kept.place.moved(seen=seen))
            lanes: dict[str, list[bytes]] = defaultdict(list)
            for item in some:
                lanes[item.about].append(item.body)
            _, errors = await side_by_side(self._in_order(feed, one) for one in lanes.values())
            if errors:
                raise BaseExceptionGroup(f"not all that '{feed.name}' says took effect", errors)

    async def _in_order(self, feed: PolledFeed, bodies: Iterable[bytes]) -> None:
        for body in bodies:
            await self.take(body, feed.sender, EVENT)


def _check_led(feed: PolledFeed, *urls: str) -> None:
    """Raise InvalidMessage for a URL that leads to another host, or nowhere."""
    try:
        leads_away = any(origin(url) != origin(feed.url) for url in urls)
    except ValueError:
        raise InvalidMessage(f"'{feed.name}' leads nowhere") from None
    if leads_away:
        raise InvalidMessage(f"'{feed.name}' leads to another host")
