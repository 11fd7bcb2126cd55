"""Generations of a view that are kept up side by side: in which order they are written, and for how long."""

from shared.adapters.memory import MemoryRows
from shared.kernel.views.view import Row
from tests.consumers.rebuilding import GRACE, ITEMS, Desk, opened
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received


class Noted(MemoryRows):
    """Rows that know in which order they were written."""

    def __init__(self) -> None:
        super().__init__()
        self.views: list[str] = []

    async def write(self, row: Row, replacing: str | None) -> bool:
        self.views.append(row.at.view)
        return await super().write(row, replacing)


async def test_of_three_generations_the_newest_is_written_first_and_the_oldest_last() -> None:
    rows = Noted()
    desk = await opened(Desk(rows))
    await desk.begin()
    await desk.run()
    await desk.begin()
    rows.views.clear()

    await desk.write(commit(4, received(1), stream=ITEMS[0]))

    # Whoever goes over from one to a newer one between these writes sees no row go back.
    assert rows.views == ["stock~2", "stock~1", "stock"]


async def test_the_old_rows_are_kept_up_until_the_sweep_has_gone_past_and_then_thrown_away() -> (
    None
):
    desk = await opened()
    await desk.begin()
    await desk.run()
    await desk.run()
    await desk.write(commit(4, received(1), stream=ITEMS[0]))
    assert desk.versions()["stock"]["SKU0"] == 4

    await desk.wait()
    await desk.write(commit(5, received(1), stream=ITEMS[0]))
    assert desk.versions()["stock"]["SKU0"] == 4
    assert desk.versions()["stock~1"]["SKU0"] == 5
    await desk.run()
    assert await desk.phase() == "emptying"
    assert len(desk.versions()["stock"]) == len(ITEMS)

    desk.seconds += GRACE.total_seconds()
    await desk.run(seconds=0)
    assert await desk.phase() == "emptying"
    await desk.run()
    assert await desk.phase() == "done"
    assert desk.versions().keys() == {"stock~1"}
    assert (await desk.shown())["SKU0"] == (5, 5)


async def test_the_old_rows_are_kept_up_for_as_long_as_the_sweep_is_behind() -> None:
    desk = await opened()
    desk.world.later += 10 * GRACE
    await desk.sweep()
    await desk.begin()
    await desk.write(commit(4, received(1), stream=ITEMS[0]))
    await desk.run()

    # Whatever the clocks of hosts and of the store say: the sweep has not seen the last commit.
    for _ in range(3):
        desk.world.later += GRACE
        desk.seconds += GRACE.total_seconds()
        await desk.run()
        assert await desk.phase() == "serving"

    # What it has sent again the log may lose once more.
    await desk.sweep(sent=NOON)
    await desk.run()
    assert await desk.phase() == "serving"
    await desk.sweep()
    await desk.run()
    assert await desk.phase() == "emptying"


async def test_what_was_written_since_the_new_rows_are_read_keeps_no_old_ones() -> None:
    desk = await opened()
    await desk.begin()
    await desk.run()
    await desk.sweep()
    desk.seconds += 3
    await desk.write(commit(4, received(1), stream=ITEMS[0]))

    await desk.run()

    assert await desk.phase() == "emptying"
