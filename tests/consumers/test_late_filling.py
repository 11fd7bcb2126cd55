"""A host that goes on with a filling which another host has ended meanwhile writes nothing more."""

from collections.abc import Awaitable, Callable

import pytest

from shared.adapters.memory import MemoryProgress
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.envelope import encode_all
from tests.consumers.rebuilding import ITEMS, Desk, everywhere, opened
from tests.consumers.replay.archived import archived
from tests.kernel.worlds import commit, received

LAST_PAGE = 8
"""Of a feed of 15 commits in pages of two, the last one that holds any."""


class SlowProgress(MemoryProgress):
    """Places of which one is answered late: so long a host stalls, and others go on."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self.meanwhile = meanwhile
        self.stalled = False

    async def read(self, name: str) -> str | None:
        found = await super().read(name)
        if not self.stalled:
            self.stalled = True
            await self.meanwhile()
        return found


async def stall(desk: Desk, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Let a host go on with a rebuild, and stall before it has read anything."""
    desk.progress = SlowProgress(meanwhile)
    await desk.run()


async def test_what_a_late_host_finds_is_not_read_before_the_next_generation_has_it() -> None:
    desk = await opened()
    await desk.begin()

    async def meanwhile() -> None:
        await desk.run()
        await desk.begin()
        # Another host has filled the next generation, but has not ended it yet.
        with pytest.raises(StoreUnavailable):
            await desk.rebuild(LAST_PAGE).run(60)
        assert desk.versions()["stock~2"] == {item.id: 3 for item in ITEMS}
        # The log has not brought this yet.
        await desk.store.append([commit(4, received(1), stream=ITEMS[0])])

    await stall(desk, meanwhile)

    before = await desk.shown()
    await desk.run()
    assert (await desk.rebuild().generations(desk.view)).serving == 2
    assert before == await desk.shown() == everywhere(3, 3)


async def test_what_the_log_has_lost_no_late_host_hides_from_the_sweep() -> None:
    desk = await opened()
    await desk.begin()

    async def meanwhile() -> None:
        await desk.run()
        await desk.wait()
        assert await desk.phase() == "emptying"
        # The log loses this.
        await desk.store.append([commit(4, received(1), stream=ITEMS[0])])

    await stall(desk, meanwhile)

    assert desk.versions()["stock~1"]["SKU0"] == 3


async def test_what_a_late_host_finds_in_the_log_is_not_read_before_projections_bring_it() -> None:
    desk = await archived()
    await desk.begin_from_log()

    async def meanwhile() -> None:
        await desk.run()
        await desk.rebuild().begin(desk.view, "log")
        await desk.send(*encode_all(commit(5, received(5), stream=ITEMS[0])))

    await stall(desk, meanwhile)

    assert (await desk.rebuild().generations(desk.view)).serving == 1
    assert await desk.shown() == everywhere(4, 10)


async def test_what_the_next_generation_takes_over_a_late_host_leaves_alone() -> None:
    desk = await opened()
    await desk.begin()

    await stall(desk, desk.begin)

    assert desk.versions().keys() == {"stock"}
