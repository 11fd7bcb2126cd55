"""Waiting for a feed: one look for all who wait, and not for too many."""

import asyncio

import pytest

from command_api.feeds.watching import Ends, Watch
from emulators.tests.waiting import in_time, until_true
from shared.kernel.errors import StoreUnavailable
from shared.kernel.feeds.cursor import Place

HERE: Ends = (Place(1, 3), Place(2, 0))
LONG = 600
SOON = 0.001


class Feed:
    """Where a feed ends, and how often somebody has looked."""

    def __init__(self) -> None:
        self.end: Ends = HERE
        self.looks = 0
        self.away = False

    async def ends(self) -> Ends:
        self.looks += 1
        if self.away:
            raise StoreUnavailable("not now")
        return self.end


@pytest.mark.parametrize("end", [(Place(1, 4), Place(2, 0)), (Place(1, 3), Place(3, 1))])
async def test_who_waits_hears_of_what_comes(end: Ends) -> None:
    feed = Feed()
    waiting = asyncio.create_task(Watch(feed.ends, between=SOON).changed(HERE, LONG))
    await until_true(lambda: feed.looks > 1)
    assert not waiting.done()

    feed.end = end

    async with in_time():
        assert await waiting is True


async def test_who_has_waited_long_enough_is_told_so() -> None:
    assert await Watch(Feed().ends, between=SOON).changed(HERE, 2 * SOON) is False


async def test_all_who_wait_share_one_look() -> None:
    feed = Feed()
    watch = Watch(feed.ends, between=SOON)
    feed.end = (Place(1, 4), Place(2, 0))

    async with in_time():
        told = await asyncio.gather(*(watch.changed(HERE, LONG) for _ in range(20)))

    assert (told, feed.looks) == ([True] * 20, 1)


async def test_who_would_be_one_too_many_does_not_wait() -> None:
    feed = Feed()
    watch = Watch(feed.ends, most=2, between=SOON)
    waiting = [asyncio.create_task(watch.changed(HERE, LONG)) for _ in range(2)]
    await until_true(lambda: feed.looks > 0)

    async with in_time():
        assert await watch.changed(HERE, LONG) is None

    feed.end = (Place(9, 0), Place(2, 0))
    async with in_time():
        await asyncio.gather(*waiting)
        assert await watch.changed(HERE, LONG) is True


async def test_a_store_that_is_away_is_told_to_who_waits() -> None:
    feed = Feed()
    feed.away = True

    async with in_time():
        with pytest.raises(StoreUnavailable):
            await Watch(feed.ends, between=SOON).changed(HERE, LONG)


async def test_who_goes_away_takes_the_look_from_nobody() -> None:
    feed = Feed()
    watch = Watch(feed.ends, between=SOON)
    one, other = (asyncio.create_task(watch.changed(HERE, LONG)) for _ in range(2))
    await until_true(lambda: feed.looks > 0)

    one.cancel()
    feed.end = (Place(2, 0), Place(2, 0))

    async with in_time():
        assert await other is True
