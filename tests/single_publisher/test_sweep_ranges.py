"""The sweep keeps a place for each range of the feed, however ranges split, merge or fail."""

import pytest

from shared.adapters.memory import MemoryFeed
from shared.kernel.errors import StoreUnavailable
from shared.kernel.ports import FeedPage
from single_publisher.sweep import Swept
from tests.single_publisher.sweeping import STREAMS, delivered, sent


async def test_a_sweep_that_has_no_time_left_proves_a_page_of_each_range() -> None:
    world = await delivered({})
    world.ranges = ["-20", "20-FF"]

    assert await world.sweep(seconds=0) == Swept(proven=20, mended=[])


async def test_a_range_that_splits_or_merges_goes_on_where_it_was() -> None:
    world = await delivered({})
    proven = [(await world.sweep()).proven]
    for ranges in (["-20", "20-FF"], ["-18", "18-20", "20-30", "30-FF"], ["-28", "28-FF"], ["-FF"]):
        world.ranges = ranges
        proven.append((await world.sweep()).proven)

    assert proven == [48, 0, 0, 0, 0]


async def test_after_a_merge_the_range_that_was_behind_is_swept_from_its_own_place() -> None:
    class Half(MemoryFeed):
        """Cannot be read in one of its ranges."""

        async def read(
            self, range_: str, position: str | None, limit: int | None = None
        ) -> FeedPage:
            if range_ == "20-FF":
                raise StoreUnavailable("no answer")
            return await super().read(range_, position, limit)

    world = await delivered({stream.id: 7 for stream in STREAMS})
    world.feed, world.ranges = Half, ["-20", "20-FF"]
    with pytest.raises(ExceptionGroup) as told:
        await world.sweep()
    first = await sent(world)
    world.feed, world.ranges = MemoryFeed, ["-FF"]
    await world.deliver()
    await world.sweep()

    assert told.group_contains(StoreUnavailable)
    # In the range that could be read all was done, and in the other the rest is.
    assert 42 < len(first) < len(await sent(world)) == 48
    await world.deliver()
    assert await world.seen() == [8] * 6
