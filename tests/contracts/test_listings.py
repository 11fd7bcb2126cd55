"""What every store of rows promises of its lists: each condition, and each order, with null in it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.kernel.ports import Rows
from shared.kernel.views.listing import Cursor, Filter, Listing
from shared.kernel.views.view import Row, RowKey

NAMES = [None, "Ärger, groß", 'a "b"', "ab", "abc", "b", None, "2026-11-23", "", "value"]
ROWS = [
    Row(
        RowKey("stock", f"SKU{number:02}", f"item-SKU{number:02}"),
        version=1,
        data={
            "name": name,
            "available": number % 3,
            "flag": number % 2 == 0,
            # Words of the query language.
            "value": number,
            "order by": name,
        },
    )
    for number, name in enumerate(NAMES)
]
type Condition = tuple[tuple[Filter, ...], Callable[[dict[str, Any]], bool]]
CONDITIONS: dict[str, Condition] = {
    "equal": ((Filter("name", "=", "ab"),), lambda data: data["name"] == "ab"),
    "one of several": (
        (Filter("name", "in", ["b", "Ärger, groß", "x"]),),
        lambda data: data["name"] in {"b", "Ärger, groß"},
    ),
    "one of several numbers": (
        (Filter("available", "in", [0, 2]),),
        lambda data: data["available"] in {0, 2},
    ),
    "one of none": ((Filter("name", "in", []),), lambda _data: False),
    "begins with": (
        (Filter("name", "prefix", "ab"),),
        lambda data: (data["name"] or "").startswith("ab"),
    ),
    "begins with anything": (
        (Filter("name", "prefix", ""),),
        lambda data: data["name"] is not None,
    ),
    "null": ((Filter("name", "null", True),), lambda data: data["name"] is None),
    "not null": ((Filter("name", "null", False),), lambda data: data["name"] is not None),
    "a range of texts": (
        (Filter("name", ">=", "2"), Filter("name", "<=", "ab")),
        lambda data: data["name"] is not None and "2" <= data["name"] <= "ab",
    ),
    "a truth": ((Filter("flag", "=", False),), lambda data: not data["flag"]),
    "words of the language": (
        (Filter("value", ">=", 3), Filter("order by", "null", False)),
        lambda data: data["value"] >= 3 and data["order by"] is not None,
    ),
}


async def filled(rows: Rows) -> None:
    for row in ROWS:
        await rows.write(row, replacing=None)


async def walked(rows: Rows, listing: Listing) -> list[Row]:
    """Turn pages of two rows until there are no more."""
    found: list[Row] = []
    after: Cursor | None = None
    while page := await rows.page(replace(listing, limit=2, after=after)):
        found += page
        last = found[-1]
        value = last.data[listing.sort] if listing.sort else None
        after = Cursor(value, last.at.key, last.at.stream)
    return found


@pytest.mark.parametrize("name", CONDITIONS)
async def test_a_list_holds_the_rows_that_meet_a_condition_and_no_others(
    name: str, rows: Rows
) -> None:
    await filled(rows)
    filters, meets = CONDITIONS[name]

    found = await walked(rows, Listing("stock", filters))

    assert found == [row for row in ROWS if meets(row.data)]
    assert await rows.count(Listing("stock", filters, limit=1)) == len(found)


async def test_all_rows_of_a_view_are_counted_wherever_a_page_begins(rows: Rows) -> None:
    await filled(rows)
    await rows.write(replace(ROWS[0], at=RowKey("other", "1", "item-1")), replacing=None)
    behind = Cursor(None, "SKU05", "item-SKU05")

    assert await rows.count(Listing("stock")) == len(ROWS)
    assert await rows.count(Listing("stock", descending=True, after=behind, limit=1)) == len(ROWS)
    assert await rows.count(Listing("stock", sort="name", nullable=True)) == len(ROWS)
    assert await rows.count(Listing("nothing")) == 0


OLDER = replace(ROWS[0], at=RowKey("stock", "OLD", "item-OLD"), data={})


async def test_a_row_that_lacks_a_field_meets_no_condition_on_it(rows: Rows) -> None:
    await rows.write(OLDER, replacing=None)

    for filters, _ in CONDITIONS.values():
        assert await rows.page(Listing("stock", filters)) == []
        assert await rows.count(Listing("stock", filters)) == 0


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize(("sort", "nullable"), [("available", False), ("name", True)])
async def test_a_row_that_lacks_a_field_is_in_no_list_that_is_sorted_by_it(
    sort: str, rows: Rows, *, nullable: bool, descending: bool
) -> None:
    await filled(rows)
    await rows.write(OLDER, replacing=None)
    listing = Listing("stock", sort=sort, descending=descending, nullable=nullable)

    found = await walked(rows, listing)

    assert sorted(found, key=lambda row: row.at.key) == ROWS
    assert await rows.count(listing) == len(ROWS)
    assert OLDER in await walked(rows, Listing("stock"))


async def test_a_value_of_another_kind_meets_no_condition(rows: Rows) -> None:
    values = [False, True, -1, 0.5, 1, "", "1", "true"]
    for number, value in enumerate(values):
        row = replace(ROWS[number], data={"available": value})
        await rows.write(row, replacing=None)

    async def found(*filters: Filter) -> list[Any]:
        return [row.data["available"] for row in await rows.page(Listing("stock", filters))]

    def same(left: list[Any], right: list[Any]) -> bool:
        return [(type(one), one) for one in left] == [(type(one), one) for one in right]

    assert same(await found(Filter("available", "=", 1)), [1])
    assert same(await found(Filter("available", "=", True)), [True])
    assert same(await found(Filter("available", "in", [0, 1])), [1])
    assert same(await found(Filter("available", ">=", 0)), [0.5, 1])
    assert same(await found(Filter("available", "<=", "1")), ["", "1"])
    assert same(await found(Filter("available", "prefix", "")), ["", "1", "true"])


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
async def test_null_is_less_than_every_value_and_no_row_is_lost_between_pages(
    rows: Rows, *, descending: bool
) -> None:
    await filled(rows)

    found = await walked(rows, Listing("stock", sort="name", descending=descending, nullable=True))

    def place(row: Row) -> tuple[bool, str, str]:
        return row.data["name"] is not None, row.data["name"] or "", row.at.key

    assert found == sorted(ROWS, key=place, reverse=descending)


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
async def test_false_is_less_than_true(rows: Rows, *, descending: bool) -> None:
    truths = [replace(row, data={"available": row.data["flag"]}) for row in ROWS]
    for row in truths:
        await rows.write(row, replacing=None)

    found = await walked(rows, Listing("stock", sort="available", descending=descending))

    def place(row: Row) -> tuple[bool, str]:
        return row.data["available"], row.at.key

    assert found == sorted(truths, key=place, reverse=descending)
