"""Rows that were filled from the store may be ahead of the log: those from the log replace them later."""

from shared.kernel.messages.envelope import encode_all
from tests.consumers.replay.archived import ITEMS, archived
from tests.kernel.worlds import commit, received


async def test_rows_that_are_ahead_of_the_log_are_read_until_the_log_has_caught_up() -> None:
    desk = await archived()
    await desk.begin()
    await desk.store.append([fifth := commit(5, received(5), stream=ITEMS[0])])
    await desk.run()
    ahead = await desk.shown()
    assert ahead["SKU0"] == (5, 15)

    # The log has not brought the fifth yet.
    await desk.rebuild().begin(desk.view, "log")
    await desk.run()
    assert await desk.phase() == "serving"
    assert await desk.shown() == ahead

    await desk.send(*encode_all(fifth))
    await desk.world.project(encode_all(fifth))
    await desk.wait()
    assert await desk.phase() == "filling"
    await desk.run()
    assert (await desk.rebuild().generations(desk.view)).serving == 2
    assert await desk.shown() == ahead


async def test_rows_from_the_log_are_made_anew_at_once() -> None:
    desk = await archived()
    await desk.begin_from_log()
    await desk.run()

    await desk.begin_from_log()
    await desk.run()

    assert (await desk.rebuild().generations(desk.view)).serving == 2
