"""What every store of rows promises."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.kernel.errors import StoreRefused
from shared.kernel.ports import Rows
from shared.kernel.views.listing import Cursor, Filter, Listing
from shared.kernel.views.view import Row, RowKey

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


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_row_that_is_too_large_is_refused_for_good(rows: Rows) -> None:
    await rows.write(ROW, replacing=None)
    stored = await rows.read(AT)
    assert stored is not None
    large = replace(ROW, version=2, data={"name": "é" * 1_100_000})

    for replacing in (None, stored.tag):
        with pytest.raises(StoreRefused) as caught:
            await rows.write(large, replacing)
        assert not caught.value.transient
    assert await rows.of_key("stock", "teapot") == [ROW]


async def test_a_row_that_is_deleted_is_not_there_and_may_be_deleted_again(rows: Rows) -> None:
    await rows.write(ROW, replacing=None)

    await rows.delete(AT)
    await rows.delete(AT)

    assert await rows.read(AT) is None
    assert await rows.write(ROW, replacing=None)


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


@pytest.mark.parametrize(
    "key",
    ["ann@example.com", "Müller & Söhne", "a/b?c#d", "%2F", ' "', "\\", "~", "\U0001f642" * 475],
    ids=lambda key: key[:20],
)
async def test_a_key_may_be_any_text(key: str, rows: Rows) -> None:
    row = Row(RowKey("customers", key, "order-1"), 1, {"total": 5})

    assert await rows.write(row, replacing=None)

    stored = await rows.read(row.at)
    assert stored is not None
    assert stored.row == row
    assert await rows.of_key("customers", key) == [row]
    assert await rows.shows("customers", key, 1)
    assert await rows.versions([row.at]) == {row.at: 1}
    assert await rows.page(Listing("customers", after=Cursor(None, key, "order-0"))) == [row]


async def test_the_rows_of_a_key_are_read_in_pages_and_one_that_has_seen_enough_is_found(
    rows: Rows,
) -> None:
    for number in range(7):
        at = RowKey("customers", "c7", f"order-{number}")
        await rows.write(Row(at, number + 1, {"total": number}), replacing=None)
    await rows.write(Row(RowKey("customers", "c8", "order-9"), 20, {}), replacing=None)

    first = await rows.of_key("customers", "c7", limit=4)
    rest = await rows.of_key("customers", "c7", first[-1].at.stream, 4)

    assert [row.at.stream for row in (*first, *rest)] == [f"order-{n}" for n in range(7)]
    assert len(first) == 4
    assert await rows.shows("customers", "c7", 7)
    assert not await rows.shows("customers", "c7", 8)
    assert not await rows.shows("stock", "c7", 1)


def listed(number: int) -> Row:
    data = {"name": f"name {number % 3}", "available": number % 5, "flag": number % 2 == 0}
    return Row(at=RowKey("stock", f"SKU{number:02}", f"item-SKU{number:02}"), version=1, data=data)


ROWS = [listed(number) for number in range(23)]
LISTINGS: dict[str, tuple[Listing, Callable[[Row], Any]]] = {
    "by key": (Listing("stock"), lambda row: row.at.key),
    "by number": (Listing("stock", sort="available"), lambda row: row.data["available"]),
    "by text, descending": (
        Listing("stock", sort="name", descending=True),
        lambda row: row.data["name"],
    ),
    "filtered": (
        Listing(
            "stock",
            (Filter("available", ">=", 1), Filter("available", "<=", 3), Filter("flag", "=", True)),
            sort="available",
        ),
        lambda row: row.data["available"],
    ),
}


@pytest.mark.parametrize("name", LISTINGS)
async def test_a_view_is_listed_page_by_page_in_the_order_that_is_asked_for(
    name: str, rows: Rows
) -> None:
    listing, by = LISTINGS[name]
    for row in (*ROWS, replace(ROWS[0], at=RowKey("sales", "SKU00", "item-SKU00"))):
        await rows.write(row, replacing=None)
    expected = sorted(
        (
            row
            for row in ROWS
            if not listing.filters or (1 <= row.data["available"] <= 3 and row.data["flag"])
        ),
        key=lambda row: (by(row), row.at.key, row.at.stream),
        reverse=listing.descending,
    )

    found: list[Row] = []
    while page := await rows.page(replace(listing, limit=5, after=cursor_of(listing, found))):
        assert len(page) <= 5
        found += page

    assert found == expected


def cursor_of(listing: Listing, found: list[Row]) -> Cursor | None:
    if not found:
        return None
    last = found[-1]
    return Cursor(last.data[listing.sort] if listing.sort else None, last.at.key, last.at.stream)


async def test_the_versions_of_many_rows_are_read_at_once_and_those_that_are_missing_are_left_out(
    rows: Rows,
) -> None:
    there = [RowKey("stock", f"cup-{number}", f"item-cup-{number}") for number in range(120)]
    for number, at in enumerate(there):
        await rows.write(Row(at, version=number + 1, data={}), replacing=None)
    # As a row that stands in the partition of one and has the stream of another.
    strange = RowKey("stock", "cup-1", "item-cup-2")
    await rows.write(Row(strange, version=7, data={}), replacing=None)

    found = await rows.versions([*there[:110], AT])

    assert found == {at: number + 1 for number, at in enumerate(there[:110])}
    assert await rows.versions([]) == {}
