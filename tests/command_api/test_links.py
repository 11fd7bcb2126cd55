"""Pages of streams and views: where those beside them are, and which cursor belongs to which listing."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func
import pytest

from command_api.composition import Application
from shared.adapters.memory import MemoryEventStore
from shared.domain.shop.views.stock import StockLevel
from shared.kernel.views.view import Row, RowKey
from tests.command_api.calls import get, get_stream, get_view, list_view, registered, rows_of, told
from tests.kernel.worlds import commit, received

_LINK = re.compile(r'<([^>]*)>; rel="([a-z]+)"')
KEYS = [f"SKU{number:02}" for number in range(11)]


async def filled(application: Application) -> None:
    for number, sku in enumerate(KEYS):
        level = StockLevel(name=f"name {number % 2}", available=number % 4)
        at = RowKey("stock", sku, f"item-{sku}")
        await rows_of(application).write(Row(at, 1, level.model_dump(mode="json")), replacing=None)


def checked(answer: func.HttpResponse) -> dict[str, Any]:
    """Give the body of a page, whose links are those of its header."""
    body = told(answer)
    header = {relation: url for url, relation in _LINK.findall(answer.headers["Link"])}
    assert header == {name: body[name] for name in ("self", "next", "prev") if name in body}
    return body


def params_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


async def listed(application: Application, params: dict[str, str]) -> dict[str, Any]:
    return checked(await list_view(get("views", params, view="stock"), application))


def keys(page: dict[str, Any]) -> list[str]:
    return [row["key"] for row in page["rows"]]


@pytest.mark.parametrize("limit", ["1", "3", "5", "10", "11", "100"])
@pytest.mark.parametrize(
    "order",
    [{}, {"sort": "available"}, {"sort": "-available"}, {"name": "name 1", "sort": "-available"}],
)
async def test_a_list_is_walked_forth_and_back(
    limit: str, order: dict[str, str], application: Application
) -> None:
    await filled(application)
    pages = [await listed(application, {"limit": limit, **order})]
    while "next" in pages[-1]:
        page = await listed(application, params_of(pages[-1]["next"]))
        if not page["rows"]:
            break
        pages.append(page)

    assert "prev" not in pages[0]
    for here, before in zip(pages[:0:-1], pages[-2::-1], strict=True):
        back = await listed(application, params_of(here["prev"]))
        assert keys(back) == keys(before)
        assert keys(await listed(application, params_of(back["next"]))) == keys(here)
    whole = [key for page in pages for key in keys(page)]
    assert len(whole) == len(set(whole)) == (5 if "name" in order else 11)


@pytest.mark.parametrize(
    "other",
    [
        {"sort": "-available"},
        {"sort": "name"},
        {},
        {"sort": "available", "name": "name 1"},
        {"sort": "available", "available": "1"},
        {"sort": "available", "available.from": "0"},
    ],
)
@pytest.mark.parametrize("name", ["after", "before"])
async def test_a_cursor_belongs_to_one_listing(
    name: str, other: dict[str, str], application: Application
) -> None:
    await filled(application)
    page = await listed(application, {"sort": "available", "limit": "2"})
    cursor = params_of(page["next"])["after"]

    assert keys(await listed(application, {"sort": "available", "limit": "7", "after": cursor}))
    answer = await list_view(get("views", {**other, name: cursor}, view="stock"), application)

    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, name)


async def test_a_page_begins_behind_a_row_or_ends_before_one(application: Application) -> None:
    await filled(application)
    cursor = params_of((await listed(application, {"limit": "2"}))["next"])["after"]

    both = get("views", {"after": cursor, "before": cursor}, view="stock")
    answer = await list_view(both, application)

    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, "before")


async def shown(application: Application, **params: str) -> tuple[dict[str, Any], str]:
    answer = await get_stream(get("streams", params, stream="item-teapot"), application)
    return checked(answer), answer.headers["ETag"]


async def test_a_stream_is_walked_forth_and_back(application: Application) -> None:
    assert isinstance(application.store, MemoryEventStore)
    for version in range(1, 251):
        await application.store.append([commit(version, received(1))])
    url, seen = "/api/streams/item-teapot", list[int]()

    while url:
        page, tag = await shown(application, **params_of(url))
        assert (page["self"], tag) == (url, f'"{page["version"]}"')
        seen += [one["version"] for one in page["commits"]]
        if "prev" in page:
            before, _ = await shown(application, **params_of(page["prev"]))
            assert before["commits"][0]["version"] <= page["commits"][0]["version"] - 100
            assert before["commits"][-1]["version"] >= page["commits"][0]["version"] - 1
        url = page.get("next", "")

    assert seen == list(range(1, 251))


@pytest.mark.parametrize("after", [2, 3, 100, 10**14])
async def test_behind_the_end_of_a_stream_is_the_version_that_it_has(
    after: int, application: Application
) -> None:
    await registered(application)

    answer = await get_stream(
        get("streams", {"after": str(after)}, stream="item-SKU1"), application
    )

    page = checked(answer)
    assert (answer.headers["ETag"], page["version"], page["commits"]) == ('"2"', 2, [])


@pytest.mark.parametrize("after", ["0", "1", "7"])
async def test_behind_the_end_of_a_stream_that_never_was_there_is_nothing(
    after: str, application: Application
) -> None:
    answer = await get_stream(get("streams", {"after": after}, stream="item-none"), application)

    assert answer.status_code == 404


async def test_a_key_of_many_rows_leads_on(application: Application) -> None:
    for number in range(101):
        at = RowKey("customers", "C1", f"order-{number:03}")
        await rows_of(application).write(Row(at, 1, {}), None)

    first = checked(await get_view(get("views", view="customers", key="C1"), application))
    asked = get("views", params_of(first["next"]), view="customers", key="C1")
    second = checked(await get_view(asked, application))

    assert first["self"] == "/api/views/customers/C1"
    assert (second["self"], len(second["rows"])) == (first["next"], 1)
