"""A rebuild ends where the feed ends: whatever clocks say, whatever comes meanwhile, however ranges split."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from consumers.rebuild import Rebuild
from shared.adapters.memory import MemoryFeed
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage
from tests.consumers.rebuilding import GRACE, ITEMS, opened
from tests.consumers.worlds import now
from tests.kernel.worlds import commit, received


def dated(stream: str, later: timedelta) -> Commit:
    """Make the first commit of an item by a host whose clock is wrong."""
    made = commit(1, received(1), stream=StreamName("item", stream))
    return replace(made, time=timestamp(now() + later))


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=366)])
async def test_commits_from_the_future_do_not_end_a_rebuild(ahead: timedelta) -> None:
    desk = await opened()
    # More than a page of them, and a stream behind it.
    await desk.write(*(dated(f"AHEAD{number}", ahead) for number in range(4)))
    await desk.write(dated("BEHIND", timedelta()))

    await desk.begin()
    await desk.run()
    await desk.wait()
    await desk.wait()

    assert await desk.phase() == "done"
    assert desk.versions()["stock~1"]["BEHIND"] == 1
    assert "stock" not in desk.versions()


async def test_a_rebuild_ends_although_there_is_always_something_new() -> None:
    class Endless(MemoryFeed):
        """Has one more stream with every page that is read, a second later."""

        async def read(
            self, range_: str, position: str | None, limit: int | None = None
        ) -> FeedPage:
            desk.seconds += 1
            await desk.write(dated(f"NEW{desk.seconds:.0f}", timedelta()))
            return await super().read(range_, position, limit)

    desk = await opened()
    await desk.begin()
    desk.seconds += 60
    projections, progress = desk.world.projections, desk.progress

    await Rebuild(
        *(projections, Endless(desk.store, page=1), progress, GRACE), lambda: desk.seconds
    ).run(seconds=1e9)

    assert await desk.phase() == "serving"
    # The last are the log's to bring, and it has.
    versions = desk.versions()
    assert versions["stock~1"] == versions["stock"]
    assert f"item-NEW{desk.seconds:.0f}" not in desk.store.reads


async def test_a_range_that_splits_and_merges_meanwhile_is_filled_once_and_whole() -> None:
    desk = await opened()
    await desk.begin()
    cuts = [["-FF"], ["-20", "20-FF"], ["-18", "18-20", "20-FF"], ["-FF"]]

    for cut in cuts[:-1]:
        feed = MemoryFeed(desk.store, page=1, ranges=cut)
        await Rebuild(desk.world.projections, feed, desk.progress, GRACE, once()).run(4)
    assert 0 < len(desk.store.reads) < len(ITEMS)
    feed = MemoryFeed(desk.store, page=1, ranges=cuts[-1])
    await Rebuild(desk.world.projections, feed, desk.progress, GRACE).run(60)

    assert await desk.phase() == "serving"
    assert sorted(desk.store.reads) == sorted(map(str, ITEMS))
    assert desk.versions()["stock~1"] == desk.versions()["stock"]


def once() -> Callable[[], float]:
    """Give a clock that leaves time for one page of a run of four seconds."""
    return map(float, count()).__next__
