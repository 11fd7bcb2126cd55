"""What readers of a feed cost: however many wait, the store is asked for one, and for nothing that is known."""

import asyncio

from command_api.feeds.reading import FeedReader, Found
from command_api.feeds.watching import MOST_WAITING
from emulators.tests.waiting import in_time, until_true
from shared.adapters.memory import MemoryFeedPages
from shared.domain.shop import domain
from shared.kernel.feeds.cursor import FeedCursor
from shared.kernel.feeds.page import MOST_EVENTS, Page, appended
from shared.kernel.ports import StoredPage
from tests.kernel.feeding import entries

FEED = domain.feed("shop")
READERS = 100
LONG = 600


class Counted(MemoryFeedPages):
    """Pages that count who asks: for a page that is not known, for news of one that is, for the end of a chain."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = self.news = self.queries = 0

    async def last(self, chain: str) -> int:
        self.queries += 1
        # Whoever comes meanwhile comes while it is asked.
        await asyncio.sleep(0)
        return await super().last(chain)

    async def read(
        self, chain: str, number: int, known: StoredPage | None = None
    ) -> StoredPage | None:
        stored = await super().read(chain, number, known)
        is_news = stored is not None and stored is not known
        self.news += not is_news
        self.whole += is_news
        return stored

    def forget(self) -> None:
        self.whole = self.news = self.queries = 0

    async def append(self, first: int, last: int) -> None:
        """Append to the chain of the first partition, whose only stream is one order."""
        chain = FEED.chain(0)
        number = max((number for one, number in self.pages if one == chain), default=1)
        stored = self.pages.get((chain, number))
        page = stored.page if stored else Page(chain, number)
        page, left = appended(page, entries("order-1", first, last), self.largest)
        assert not left
        await self.write(page, stored.tag if stored else None)


async def waiting(reader: FeedReader, cursor: FeedCursor) -> list[asyncio.Task[tuple[Found, bool]]]:
    """Let as many wait as may; gives their answers to be."""
    tasks = [asyncio.create_task(reader.after(cursor, LONG)) for _ in range(MOST_WAITING)]
    await until_true(lambda: reader.watch._waiting == MOST_WAITING)
    return tasks


async def test_of_all_who_come_to_a_process_that_has_just_started_one_looks_for_the_end() -> None:
    pages = Counted()
    await pages.append(1, 3)
    reader = FeedReader(FEED, pages)

    async with in_time():
        found = await asyncio.gather(*(reader.newest() for _ in range(READERS)))

    assert {len(one.events) for one in found} == {3}
    assert (pages.queries, pages.whole) == (FEED.partitions, 1)


async def test_chains_in_which_there_is_nothing_are_not_looked_for_again() -> None:
    pages = Counted()
    reader = FeedReader(FEED, pages)
    await reader.newest()
    pages.forget()

    assert (await reader.newest()).events == []
    assert (pages.queries, pages.news) == (0, FEED.partitions)

    await pages.append(1, 1)
    assert len((await reader.newest()).events) == 1


async def test_who_finds_too_many_who_wait_asks_the_store_for_nothing() -> None:
    pages = Counted()
    await pages.append(1, 3)
    reader = FeedReader(FEED, pages)
    reader.watch.between = LONG
    cursor = (await reader.newest()).cursor
    reader.watch.seen = await reader._last_pages()
    tasks = await waiting(reader, cursor)
    pages.forget()

    async with in_time():
        turned_away = [await reader.after(cursor, LONG) for _ in range(READERS - MOST_WAITING)]

    assert {(len(found.events), has_waited) for found, has_waited in turned_away} == {(0, False)}
    assert (pages.whole, pages.news, pages.queries) == (0, 0, 0)
    for task in tasks:
        task.cancel()


async def test_what_comes_is_read_once_for_all_who_wait() -> None:
    pages = Counted()
    await pages.append(1, MOST_EVENTS - 1)
    reader = FeedReader(FEED, pages)
    reader.watch.between = 0.05
    cursor = (await reader.newest()).cursor
    tasks = await waiting(reader, cursor)
    pages.forget()

    await pages.append(MOST_EVENTS, MOST_EVENTS)

    async with in_time():
        told = await asyncio.gather(*tasks)
    assert {tuple(one["id"] for one in found.events) for found, _ in told} == {
        (f"order-1@{MOST_EVENTS}/0",)
    }
    assert pages.whole == 1
    assert pages.queries == 0


async def test_who_is_further_than_the_last_look_reads_what_is_there() -> None:
    pages = Counted()
    await pages.append(1, 3)
    reader = FeedReader(FEED, pages)
    reader.watch.between = LONG
    before = await reader.newest()
    reader.watch.seen = await reader._last_pages()
    await pages.append(4, 5)
    behind, _ = await reader.after(before.cursor, 0)
    await pages.append(6, 6)

    async with in_time():
        found, _ = await reader.after(behind.cursor, LONG)

    assert [one["id"] for one in found.events] == ["order-1@6/0"]
