"""Lists of a view, and a stream as it was."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from command_api.composition import Application
from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain.shop.views.stock import StockLevel
from shared.kernel.errors import StoreUnavailable
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import (
    get,
    get_stream,
    list_view,
    post,
    post_command,
    registered,
    rows_of,
    told,
)
from tests.kernel.worlds import commit, received

LEVELS = {f"SKU{n:02}": StockLevel(name=f"name {n % 2}", available=n % 4) for n in range(12)}


async def filled(application: Application) -> None:
    for sku, level in LEVELS.items():
        at = RowKey("stock", sku, f"item-{sku}")
        await rows_of(application).write(Row(at, 1, level.model_dump(mode="json")), replacing=None)


async def listed(application: Application, **params: str) -> list[str]:
    """Walk all pages, and give the keys."""
    keys: list[str] = []
    more: dict[str, str] | None = params
    while more is not None:
        page = told(await list_view(get("views", more, view="stock"), application))
        keys += [row["key"] for row in page["rows"]]
        more = dict(parse_qsl(urlsplit(page["next"]).query)) if "next" in page else None
    return keys


@pytest.mark.parametrize("limit", ["1", "5", "12", "100"])
async def test_a_list_is_walked_page_by_page(limit: str, application: Application) -> None:
    await filled(application)

    assert await listed(application, limit=limit) == list(LEVELS)
    by_number = sorted(LEVELS, key=lambda sku: (LEVELS[sku].available, sku))
    assert await listed(application, limit=limit, sort="available") == by_number
    assert await listed(application, limit=limit, sort="-available") == by_number[::-1]


async def test_a_list_is_filtered(application: Application) -> None:
    await filled(application)
    found = await listed(
        application, **{"available.from": "2", "available.to": "3", "name": "name 1"}
    )

    assert found == ["SKU03", "SKU07", "SKU11"]


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"colour": "red"}, "colour"),
        ({"available": "many"}, "available"),
        ({"available": str(2**70)}, "available"),
        ({"available.above": "1"}, "available.above"),
        ({"discontinued": "maybe"}, "discontinued"),
        ({"sort": "received"}, "sort"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"after": "nowhere"}, "after"),
        ({"after": "e30="}, "after"),
    ],
)
async def test_a_list_that_cannot_be_understood_says_where(
    params: dict[str, str], pointer: str, application: Application
) -> None:
    problem = told(await list_view(get("views", params, view="stock"), application))

    assert (problem["code"], problem["errors"][0]["pointer"]) == ("malformed", pointer)


async def state(application: Application, at: str) -> tuple[int, dict[str, Any]]:
    response = await get_stream(get("streams", {"at": at}, stream="item-SKU1"), application)
    return response.status_code, told(response)


async def test_a_stream_is_shown_as_it_was_at_any_version(application: Application) -> None:
    await registered(application)
    for _ in range(70):
        await post_command(post("receive-stock", {"quantity": 1}), application)

    for version, available in ((1, 0), (2, 10), (50, 58), (51, 59), (72, 80)):
        status, shown = await state(application, str(version))
        assert (status, shown["version"]) == (200, version)
        assert shown["state"]["available"] == available


async def test_a_stream_is_shown_in_the_middle_of_a_commit(application: Application) -> None:
    await registered(application)
    store = application.store
    assert isinstance(store, MemoryEventStore)
    several = commit(5, received(1), received(2), received(3))
    await store.append([replace(several, stream="item-SKU1")])

    _, shown = await state(application, "4")

    assert (shown["version"], shown["state"]["available"]) == (4, 13)


@pytest.mark.parametrize(("at", "status"), [("0", 404), ("3", 404), ("x", 400), ("-1", 400)])
async def test_a_version_that_is_not_there_is_a_problem(
    at: str, status: int, application: Application
) -> None:
    await registered(application)

    assert (await state(application, at))[0] == status


async def test_rows_that_cannot_be_read_are_a_problem(application: Application) -> None:
    class Silent(MemoryRows):
        async def page(self, listing: Listing) -> list[Row]:
            raise StoreUnavailable(f"no answer to {listing.view}")

    silent = replace(application, rows=Silent())

    answer = await list_view(get("views", view="stock"), silent)

    assert (answer.status_code, told(answer)["code"]) == (503, "unavailable")


async def test_a_command_that_changes_nothing_is_answered_without_events(
    application: Application,
) -> None:
    await registered(application)
    discontinue = [post("discontinue-item", {}) for _ in range(2)]

    first, second = [told(await post_command(one, application)) for one in discontinue]

    assert [event["type"] for event in first["events"]] == ["ItemDiscontinued"]
    assert (second["events"], second["version"]) == ([], first["version"])
