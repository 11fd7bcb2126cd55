"""Waiting for a feed: one look for all who wait, and not for too many."""

import asyncio

import pytest

from command_api.feeds.watching import Pages, Places, Watch, ends
from emulators.tests.waiting import in_time, until_true
from shared.kernel.errors import StoreUnavailable
from shared.kernel.feeds.page import Page
from tests.kernel.feeding import entries

LONG = 600
SOON = 0.001


def ending(*places: tuple[int, int]) -> Pages:
    """Give the last pages of chains that end at some places."""
    return [
        Page(f"things~1/{chain}", number, tuple(entries("thing-1", 1, events)))
        for chain, (number, events) in enumerate(places)
    ]


START = ending((1, 3), (2, 0))
HERE: Places = ends(START)


class Feed:
    """Where a feed ends, and how often somebody has looked."""

    def __init__(self) -> None:
        self.end = START
        self.looks = 0
        self.away = False

    async def look(self) -> Pages:
        self.looks += 1
        if self.away:
            raise StoreUnavailable("not now")
        return self.end


@pytest.mark.parametrize("end", [((1, 4), (2, 0)), ((1, 3), (3, 1))])
async def test_who_waits_hears_of_what_comes(end: tuple[tuple[int, int], ...]) -> None:
    feed = Feed()
    waiting = asyncio.create_task(Watch(feed.look, between=SOON).changed(HERE, LONG))
    await until_true(lambda: feed.looks > 1)
    assert not waiting.done()

    feed.end = ending(*end)

    async with in_time():
        assert await waiting == feed.end


async def test_who_has_waited_long_enough_is_told_so() -> None:
    assert await Watch(Feed().look, between=SOON).changed(HERE, 2 * SOON) == ()


async def test_all_who_wait_share_one_look() -> None:
    feed = Feed()
    watch = Watch(feed.look, between=SOON)
    feed.end = ending((1, 4), (2, 0))

    async with in_time():
        told = await asyncio.gather(*(watch.changed(HERE, LONG) for _ in range(20)))

    assert (told, feed.looks) == ([feed.end] * 20, 1)


async def test_what_the_last_look_saw_is_kept_as_long_as_somebody_waits() -> None:
    feed = Feed()
    watch = Watch(feed.look, between=SOON)
    waiting = asyncio.create_task(watch.changed(HERE, LONG))
    await until_true(lambda: feed.looks > 1)
    assert watch.seen == START

    feed.end = ending((1, 4), (2, 0))

    async with in_time():
        await waiting
    assert watch.seen == ()


async def test_who_would_be_one_too_many_does_not_wait() -> None:
    feed = Feed()
    watch = Watch(feed.look, most=2, between=SOON)
    waiting = [asyncio.create_task(watch.changed(HERE, LONG)) for _ in range(2)]
    await until_true(lambda: feed.looks > 0)

    async with in_time():
        assert await watch.changed(HERE, LONG) is None

    feed.end = ending((9, 0), (2, 0))
    async with in_time():
        await asyncio.gather(*waiting)
        assert await watch.changed(HERE, LONG) == feed.end


async def test_a_store_that_is_away_is_told_to_who_waits() -> None:
    feed = Feed()
    feed.away = True

    async with in_time():
        with pytest.raises(StoreUnavailable):
            await Watch(feed.look, between=SOON).changed(HERE, LONG)


async def test_who_goes_away_takes_the_look_from_nobody() -> None:
    feed = Feed()
    watch = Watch(feed.look, between=SOON)
    one, other = (asyncio.create_task(watch.changed(HERE, LONG)) for _ in range(2))
    await until_true(lambda: feed.looks > 0)

    one.cancel()
    feed.end = ending((2, 0), (2, 0))

    async with in_time():
        assert await other == feed.end
