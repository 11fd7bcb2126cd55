"""A view is rebuilt beside the rows that are read, whatever goes on meanwhile, and is read when it is whole."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from shared.adapters.memory import MemoryRows
from shared.domain.shop.views.orders import orders
from shared.kernel.errors import StoreUnavailable
from shared.kernel.ports import StoredRow
from shared.kernel.views.view import Row, RowKey
from tests.consumers.rebuilding import ITEMS, NEXT, Desk, everywhere, opened
from tests.kernel.worlds import commit, received


async def test_changed_code_gives_changed_rows_and_all_of_them_at_once() -> None:
    desk = await opened()
    desk.world.views = (NEXT,)
    await desk.begin()

    with pytest.raises(StoreUnavailable):
        await desk.rebuild(pages=2).run(60)
    assert len(desk.versions()["stock~1"]) == 4
    assert await desk.shown() == everywhere(3, 3)

    await desk.run()
    assert await desk.shown() == everywhere(3, 6)


async def test_a_rebuild_that_dies_goes_on_behind_its_last_page() -> None:
    desk = await opened()
    await desk.begin()
    with pytest.raises(StoreUnavailable):
        await desk.rebuild(pages=2).run(60)
    before = list(desk.store.reads)

    await desk.run()

    assert [*before, *desk.store.reads[len(before) :]] == [str(item) for item in ITEMS]
    assert len(before) == 4


async def test_nothing_goes_on_when_time_is_up() -> None:
    desk = await opened()
    await desk.begin()

    await desk.run(seconds=0)

    assert (await desk.phase(), desk.store.reads) == ("filling", [])


async def test_events_that_come_meanwhile_are_in_the_new_rows_and_the_log_hears_nothing() -> None:
    desk = await opened()
    desk.world.views = (NEXT,)
    await desk.begin()
    with pytest.raises(StoreUnavailable):
        await desk.rebuild(pages=1).run(60)

    # SKU0 is filled, and SKU4 is not: there the history is missing as well.
    for item in (ITEMS[0], ITEMS[4]):
        await desk.write(commit(4, received(1), stream=item))
    assert [desk.versions()["stock~1"][item] for item in ("SKU0", "SKU4")] == [4, 4]
    await desk.run()
    await desk.write(*(commit(4, received(1), stream=item) for item in ITEMS[1:4]))

    assert await desk.shown() == everywhere(4, 8)
    assert desk.versions()["stock"] == desk.versions()["stock~1"]
    assert desk.sent == 0


async def test_a_stream_that_begins_meanwhile_is_in_the_new_rows() -> None:
    desk = Desk()
    await desk.begin()

    await opened(desk)
    await desk.run()

    assert await desk.shown() == everywhere(3, 3)


async def nothing() -> None:
    """Let nothing happen."""


class Interrupted(MemoryRows):
    """Rows behind each of whose next reads something happens."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], Awaitable[object]]] = []

    async def read(self, at: RowKey) -> StoredRow | None:
        found = await super().read(at)
        if self.meanwhile:
            await self.meanwhile.pop()()
        return found


async def test_a_batch_that_knows_of_no_new_generation_is_in_it_all_the_same() -> None:
    rows = Interrupted()
    desk = await opened(Desk(rows))

    async def whole_rebuild() -> None:
        await desk.begin()
        await desk.run()

    rows.meanwhile = [whole_rebuild]
    await desk.write(commit(4, received(1), stream=ITEMS[0]))

    assert (await desk.shown())["SKU0"] == (4, 4)


async def test_two_hosts_at_once_come_to_the_same_rows() -> None:
    desk = await opened()
    desk.world.views = (NEXT,)
    await desk.begin()

    await asyncio.gather(*(desk.run() for _ in range(3)))

    assert await desk.shown() == everywhere(3, 6)
    assert await desk.phase() == "serving"


async def test_a_rebuild_that_begins_anew_gives_the_one_before_it_up() -> None:
    desk = await opened()
    await desk.begin()
    with pytest.raises(StoreUnavailable):
        await desk.rebuild(pages=2).run(60)
    desk.world.views = (NEXT,)

    await desk.begin()
    await desk.run()
    assert await desk.shown() == everywhere(3, 6)
    await desk.wait()
    await desk.wait()

    assert await desk.phase() == "done"
    assert desk.versions().keys() == {"stock~2"}


async def test_two_views_that_are_rebuilt_at_once_do_not_forget_one_another() -> None:
    rows = Interrupted()
    desk = await opened(Desk(rows))
    rebuild = desk.rebuild()

    # The other begins between the read and the write.
    rows.meanwhile = [partial(rebuild.begin, orders), nothing]
    await desk.begin()

    for view in (desk.view, orders):
        assert (await rebuild.generations(view)).phase == "filling"


async def test_of_two_operators_who_begin_at_once_both_have_begun() -> None:
    rows = Interrupted()
    desk = await opened(Desk(rows))

    rows.meanwhile = [desk.begin]
    await desk.begin()

    assert (await desk.rebuild().generations(desk.view)).newest == 2


async def test_a_key_that_the_new_code_does_not_give_is_gone() -> None:
    desk = await opened()
    desk.world.views = (replace(NEXT, key=lambda stream, _: f"all-{stream.category}"),)

    await desk.begin()
    await desk.run()

    assert await desk.shown() == {}
    assert desk.versions()["stock~1"] == {"all-item": 3}


async def test_rows_of_versions_that_the_store_does_not_have_any_more_are_gone() -> None:
    desk = await opened()
    lost = RowKey("stock", "SKU9", "item-SKU9")
    ahead = RowKey("stock", "SKU0", "item-SKU0")
    stored = await desk.rows.read(ahead)
    assert stored is not None
    await desk.rows.write(replace(stored.row, version=9), stored.tag)
    await desk.rows.write(Row(lost, 1, stored.row.data), None)

    await desk.begin()
    await desk.run()

    assert await desk.shown() == everywhere(3, 3)
