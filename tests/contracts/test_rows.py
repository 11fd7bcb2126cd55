"""What every store of rows promises."""

import asyncio
from dataclasses import replace

from shared.kernel.ports import Rows
from shared.kernel.view import Row, RowKey

AT = RowKey("stock", "teapot", "item-teapot")
ROW = Row(AT, version=1, data={"available": 3})


async def test_a_row_that_nobody_wrote_is_not_there(rows: Rows) -> None:
    assert await rows.read(AT) is None
    assert await rows.of_key("stock", "teapot") == []


async def test_a_row_comes_back_as_it_was_written(rows: Rows) -> None:
    assert await rows.write(ROW, replacing=None)

    stored = await rows.read(AT)
    assert stored is not None
    assert stored.row == ROW
    assert await rows.of_key("stock", "teapot") == [ROW]


async def test_a_row_is_created_once(rows: Rows) -> None:
    await rows.write(ROW, replacing=None)

    assert not await rows.write(replace(ROW, version=2), replacing=None)


async def test_a_row_is_replaced_only_by_who_has_seen_it(rows: Rows) -> None:
    await rows.write(ROW, replacing=None)
    seen = await rows.read(AT)
    assert seen is not None

    assert await rows.write(replace(ROW, version=2), replacing=seen.tag)
    assert not await rows.write(replace(ROW, version=3), replacing=seen.tag)

    stored = await rows.read(AT)
    assert stored is not None
    assert stored.row.version == 2


async def test_of_many_writers_that_saw_the_same_one_wins(rows: Rows) -> None:
    await rows.write(ROW, replacing=None)
    seen = await rows.read(AT)
    assert seen is not None

    results = await asyncio.gather(
        *(rows.write(replace(ROW, version=n), replacing=seen.tag) for n in range(2, 12))
    )

    assert results.count(True) == 1


async def test_a_key_may_have_the_rows_of_many_streams(rows: Rows) -> None:
    for stream in ("order-2", "order-1"):
        row = Row(RowKey("customers", "c7", stream), 1, {"total": 5})
        assert await rows.write(row, replacing=None)
    await rows.write(Row(RowKey("customers", "c8", "order-3"), 1, {}), replacing=None)

    found = await rows.of_key("customers", "c7")

    assert [row.at.stream for row in found] == ["order-1", "order-2"]
