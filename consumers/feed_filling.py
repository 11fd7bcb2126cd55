"""The filling of a feed: what happened before a generation was begun is read from the store, and appended.

Readers need not wait for it: a chain that is being filled is one that grows. What comes over the log meanwhile is
appended beside it, and each event once.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from pydantic import BaseModel, ConfigDict

from consumers.feeds import Feeds
from consumers.stored_events import replay_from
from shared.adapters.cosmos.codec import item_id
from shared.adapters.names import FEEDS
from shared.kernel.delivery.feed_places import reached
from shared.kernel.delivery.operator_decisions import park_first
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.errors import InvalidMessage
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Feed, FeedPage, Progress

NAME = "filling"
"""What the note is called among the places of consumers."""
AT_ONCE = 8
"""So many streams are appended side by side: of each, a part is in memory."""
BEGINNING = item_id(1)
GRACE = 900.0
"""Seconds after its begin in which older code, which knows of no new generation, may still take a batch."""
GRAIN = 2.0
"""Seconds by which the age of an item may be wrong: the store tells whole ones, twice."""


class _Note(BaseModel):
    """Since when the chains of a feed are filled, by the clock of the store, how far that is, and if it is done.

    They are those of a generation and of a number of partitions. Others are filled from the beginning, those of
    before as well: they lack what happened in between.
    """

    model_config = ConfigDict(defer_build=True)

    generation: int
    partitions: int
    since: float
    ranges: dict[str, str | None] = {}
    done: bool = False


class _Notes(BaseModel):
    """The notes of the feeds that are declared now."""

    model_config = ConfigDict(defer_build=True)

    feeds: dict[str, _Note] = {}


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills the feeds of the domain; `clock` measures seconds that something takes."""

    feeds: Feeds
    feed: Feed
    progress: Progress
    clock: Callable[[], float] = time.monotonic

    async def run(self, seconds: float) -> None:
        """Go on for a while with every feed that is not full; the place is kept after every page."""
        deadline, declared = self.clock() + seconds, self.feeds.domain.feeds
        noted = await self.progress.read(NAME)
        notes = _Notes.model_validate_json(noted) if noted else _Notes()
        kept, names = notes.model_dump_json(), {feed.name for feed in declared}
        notes.feeds = {name: note for name, note in notes.feeds.items() if name in names}
        for feed in declared:
            await self._fill(feed, notes, deadline)
        if notes.model_dump_json() != kept:
            await self._keep(notes)

    async def _keep(self, notes: _Notes) -> None:
        await self.progress.write(NAME, notes.model_dump_json())

    async def _fill(self, feed: PublicFeed, notes: _Notes, deadline: float) -> None:
        begun, now = self.clock(), await self.feed.time()
        note, chains = notes.feeds.get(feed.name), (feed.generation, feed.partitions)
        if note is None or (note.generation, note.partitions) != chains:
            note = _Note(generation=feed.generation, partitions=feed.partitions, since=now)
            notes.feeds[feed.name] = note
        if note.done:
            return
        known = {one: place for one, place in note.ranges.items() if place is not None}
        note.ranges = await reached(self.feed, known)
        ended = True
        for stretch in note.ranges:
            while ended := ended and self.clock() < deadline:
                page = await self.feed.read(stretch, note.ranges[stretch])
                if not page.items:
                    break
                young = now + self.clock() - begun - note.since + GRAIN
                await self._catch_up(feed, _wanted(page, young))
                note.ranges[stretch] = page.position
                await self._keep(notes)
        note.done = ended and now > note.since + GRACE

    async def _catch_up(self, feed: PublicFeed, streams: Iterable[StreamName]) -> None:
        """Append what streams have to their tails; raises a group of all that may go well later."""
        wanted = [one for one in streams if self.feeds.domain.enrichers_of(feed, one.category)]
        errors: list[BaseException] = []
        for some in batched(map(str, wanted), AT_ONCE, strict=False):
            _, failed = await side_by_side(self._append(feed, one) for one in some)
            errors += failed
        if errors:
            raise BaseExceptionGroup(f"not all that was stored is in '{feed.name}'", errors)

    async def _append(self, feed: PublicFeed, stream: str) -> None:
        feeds, chain = self.feeds, feed.chain_of(stream)
        # A release goes over what a stream is held back from on, and may find nothing that is for this feed.
        held = (await feeds.parking.held(FEEDS, [stream])).get(stream)
        known = (await feeds.chains.feed_pages.reached(chain, [stream])).get(stream, 0)
        found = await replay_from(feeds.delivery, feeds.store, stream, known + 1, held=held)
        if isinstance(found, Parked):
            await park_first(found, feeds.parking)


def _wanted(page: FeedPage, young: float) -> Iterator[StreamName]:
    """Name the streams that begin on a page, and those of commits that are not older than the filling."""
    found: dict[StreamName, None] = {}
    for item, age in zip(page.items, page.ages, strict=True):
        if item.get("id") == BEGINNING or age <= young:
            try:
                found[StreamName.parse(str(item.get("stream")))] = None
            except InvalidMessage:
                # The publisher has parked it.
                continue
    yield from found
