"""Reading a feed: what is new, what is behind a cursor, one page; and waiting for more."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Any

from command_api.feeds.watching import Pages, Watch, ends
from shared.kernel.errors import InvalidMessage
from shared.kernel.feeds.cursor import FeedCursor, Place
from shared.kernel.feeds.last_page import last_page
from shared.kernel.feeds.page import MOST_EVENTS, Page
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.ports import FeedPages, StoredPage

type Events = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FeedReaders:
    """The readers of this process, one for each feed."""

    pages: Callable[[], Awaitable[FeedPages]]
    _made: dict[str, "FeedReader"] = field(default_factory=dict)

    async def of(self, feed: PublicFeed) -> "FeedReader":
        """Give the reader of a feed."""
        if feed.name not in self._made:
            made = FeedReader(feed, await self.pages())
            # Of two that are made at once the first is kept: those who wait share it.
            self._made.setdefault(feed.name, made)
        return self._made[feed.name]


class NoSuchPlaceError(Exception):
    """A cursor names a place that no chain has."""


@dataclass(frozen=True, slots=True)
class Found:
    """Events in the order of their chains, and the cursor behind them."""

    events: Events
    cursor: FeedCursor


@dataclass(slots=True)
class _Batch:
    """What one answer holds: so many events, and no page more once it has the bytes of one."""

    largest: int
    events: list[Mapping[str, Any]] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.events) == MOST_EVENTS or self.size >= self.largest

    def take(self, page: Page, place: Place) -> Place:
        """Take what a page has behind a place, as much as fits; gives the place behind it."""
        read = page.events[place.events :][: MOST_EVENTS - len(self.events)]
        self.events += read
        self.size += page.size if read else 0
        return Place(page.number, place.events + len(read))


@dataclass(slots=True)
class FeedReader:
    """Reads one feed for all who ask this process, and remembers the last page of each chain."""

    feed: PublicFeed
    pages: FeedPages
    watch: Watch = field(init=False)
    _last: dict[str, StoredPage] = field(default_factory=dict)
    _first: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.watch = Watch(self._last_pages)

    async def newest(self) -> Found:
        """Read the last page of each chain: the newest events that fit on a page, and the end of the feed."""
        pages = await self._last_pages()
        cursor = FeedCursor(self.feed.name, self.feed.generation, ends(pages))
        # Each chain keeps its order, whatever the clocks of hosts say.
        events = list(merge(*(page.events for page in pages), key=lambda event: event["time"]))
        return Found(events[-MOST_EVENTS:], cursor)

    async def after(self, cursor: FeedCursor, seconds: int) -> tuple[Found, bool]:
        """Read what is behind a cursor, as much as a page holds; waits for it so long, and tells if it has waited.

        A cursor of another generation, or of other partitions, leads to the beginning: nothing is missed.
        Raises InvalidMessage for a cursor of another feed, and NoSuchPlaceError.
        """
        if cursor.feed != self.feed.name:
            raise InvalidMessage("it is a cursor of another feed")
        if cursor.generation > self.feed.generation:
            # Newer code has given it, and answers soon.
            return Found((), cursor), False
        if (cursor.generation, len(cursor.places)) != (self.feed.generation, self.feed.partitions):
            cursor = FeedCursor.begin(self.feed.name, self.feed.generation, self.feed.partitions)
        # Those who find too many who wait, and ask again and again, do not have the store read each time.
        found = await self._behind(cursor, self.watch.seen if seconds else ())
        if found.events or not seconds:
            return found, True
        pages = await self.watch.changed(cursor.places, seconds)
        return await self._behind(cursor, pages) if pages else found, pages is not None

    async def page(self, partition: int, number: int) -> Page | None:
        """Read a page; behind the last one that is full there is an empty one. None for what is not there yet."""
        chain = self.feed.chain(partition)
        stored = await self._stored(chain, number)
        if stored is not None:
            return stored.page
        before = await self._stored(chain, number - 1) if number > 1 else None
        is_next = number == 1 or (before is not None and before.page.closed)
        return Page(chain, number) if is_next else None

    async def open_page(self, partition: int) -> Page:
        """Read the page that a chain is being written on, which may be empty."""
        last = await self._last_page(partition)
        return Page(last.chain, last.number + 1) if last.closed else last

    async def _behind(self, cursor: FeedCursor, seen: Pages = ()) -> Found:
        """Read what is behind a cursor, in the last pages that were `seen` just now as far as they have it."""
        places, batch = list(cursor.places), _Batch(self.pages.largest)
        turn = cursor.turn
        for number in range(self.feed.partitions):
            partition = (cursor.turn + number) % self.feed.partitions
            last = seen[partition] if seen else None
            places[partition] = await self._of_chain(partition, places[partition], batch, last)
            if batch.is_full:
                turn = (partition + 1) % self.feed.partitions
                break
        return Found(
            batch.events, FeedCursor(self.feed.name, cursor.generation, tuple(places), turn)
        )

    async def _of_chain(
        self, partition: int, place: Place, batch: _Batch, last: Page | None
    ) -> Place:
        """Read what one chain has behind a place, until the batch is full."""
        page = last if _is_in(place, last) else await self.page(partition, place.page)
        if page is None or place.events > len(page.events):
            raise NoSuchPlaceError
        place = batch.take(page, place)
        while page.closed and not batch.is_full:
            following = await self._following(page, last)
            if following is None:
                break
            page = following
            place = batch.take(page, Place(page.number, 0))
        return place

    async def _following(self, page: Page, last: Page | None) -> Page | None:
        if last is not None and last.number <= page.number + 1:
            return last if last.number > page.number else None
        stored = await self._stored(page.chain, page.number + 1)
        return stored.page if stored else None

    async def _stored(self, chain: str, number: int) -> StoredPage | None:
        """Read a page; the last one is not read again unless somebody has written it."""
        last = self._last.get(chain)
        known = last if last is not None and last.page.number == number else None
        return await self.pages.read(chain, number, known)

    async def _last_pages(self) -> list[Page]:
        return list(await asyncio.gather(*map(self._last_page, range(self.feed.partitions))))

    async def _last_page(self, partition: int) -> Page:
        chain = self.feed.chain(partition)
        if chain not in self._last:
            # Of all who come to a process that has just started, one looks for the end of the chain.
            async with self._first:
                return (await self._look(chain)).page
        return (await self._look(chain)).page

    async def _look(self, chain: str) -> StoredPage:
        self._last[chain] = await last_page(self.pages, chain, self._last.get(chain))
        return self._last[chain]


def _is_in(place: Place, page: Page | None) -> bool:
    return page is not None and page.number == place.page and place.events <= len(page.events)
