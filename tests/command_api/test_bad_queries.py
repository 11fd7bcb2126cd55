"""Whatever stands in a query, a header or a path, it is answered; what cannot be meant is told where it stands."""

import base64
import json
from collections.abc import Callable
from typing import Any

import azure.functions as func
import pytest

from command_api.composition import Application
from command_api.paging import mark, parse_listing
from shared.adapters.http.problems import Problem
from shared.domain.shop.item import item
from shared.domain.shop.views.stock import stock
from shared.kernel.messages.message import Message
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import View
from tests.command_api import calls
from tests.command_api.calls import get, list_view, post, post_command, registered, told

LAST = {"value": None, "key": "SKU1", "stream": "item-SKU1"}
PLACES: dict[str, object] = {
    "NaN": {**LAST, "value": float("nan")},
    "infinity": {**LAST, "value": float("inf")},
    "thirty digits": {**LAST, "value": 10**30},
    "a number that JSON does not hold exactly": {**LAST, "value": 2**53},
    "a text in place of a number": {**LAST, "value": "7"},
    "a fraction in place of a number": {**LAST, "value": 7.5},
    "a truth in place of a number": {**LAST, "value": True},
    "nothing in place of a number": {**LAST, "value": None},
    "a list": {**LAST, "value": [1]},
    "no key": {**LAST, "value": 1, "key": ""},
    "a key without an end": {**LAST, "value": 1, "key": "k" * 5000},
    "a stream that is none": {**LAST, "value": 1, "stream": "SKU1"},
    "a stream of another category": {**LAST, "value": 1, "stream": "order-1"},
    "a member too few": {"value": 1, "key": "SKU1"},
    "no object": [1],
}


def token(place: object, sort: str | None = "available") -> str:
    return written(json.dumps(place), sort)


def written(place: str, sort: str | None) -> str:
    """Write a cursor as a page of this order would have."""
    named = mark(Listing("stock", sort=sort))
    return base64.urlsafe_b64encode(named + place.encode()).decode()


@pytest.mark.parametrize("name", PLACES)
async def test_a_cursor_that_no_page_gave_is_malformed(name: str, application: Application) -> None:
    await registered(application)
    asked = get("views", {"after": token(PLACES[name]), "sort": "available"}, view="stock")

    response = await list_view(asked, application)

    assert (response.status_code, told(response)["errors"][0]["pointer"]) == (400, "after")


@pytest.mark.parametrize(
    "text", ["1e999", "-1e999", '"\\ud800"', "1" * 5000, "[" * 5000, "NaN", "-Infinity", "{", ""]
)
async def test_a_cursor_that_is_no_json_of_ours_is_malformed(
    text: str, application: Application
) -> None:
    place = f'{{"value": {text}, "key": "SKU1", "stream": "item-SKU1"}}'

    for sort in ("available", "name"):
        after = written(place, sort)
        asked = get("views", {"after": after, "sort": sort}, view="stock")
        response = await list_view(asked, application)
        assert (response.status_code, told(response)["code"]) == (400, "malformed")


async def test_a_cursor_of_another_order_is_malformed(application: Application) -> None:
    orders: list[dict[str, str]] = [{}, {"sort": "available"}, {"sort": "name"}]
    for value, sort in zip((1, None, 1), orders, strict=True):
        after = token({**LAST, "value": value}, sort.get("sort"))
        asked = get("views", {"after": after, **sort}, view="stock")
        response = await list_view(asked, application)
        assert response.status_code == 400, (value, sort)


@pytest.mark.parametrize("sort", ["-", "name,available", "--name", "key"])
async def test_a_list_is_sorted_by_what_has_an_index_alone(
    sort: str, application: Application
) -> None:
    response = await list_view(get("views", {"sort": sort}, view="stock"), application)

    assert (response.status_code, told(response)["errors"][0]["pointer"]) == (400, "sort")


class Weight(Message):
    """A row with a fraction."""

    kilos: float = 0.0


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "Infinity", "x", ""])
def test_a_fraction_that_is_none_is_no_filter(value: str) -> None:
    weights = View("weights", item, Weight, lambda weight, _: weight, stock.key)

    with pytest.raises(Problem) as told_:
        parse_listing({"kilos.from": value}, weights)
    assert (told_.value.status, told_.value.faults[0].pointer) == (400, "kilos.from")


NASTY = [
    *("", " ", "-", "--", "0", "-1", "1.5", "1e3", "1e999", "NaN", "٣", "9" * 15, "9" * 400),
    *("null", "true", "[]", "{}", "'", '"', "%00", "\0", "\n", "a b", "ä", "\U0001f600", "/", ".."),
    *("item-SKU1@", "@1", "item-SKU1@" + "9" * 15, "x" * 9000, "available", "-available", "=", ";"),
    *("wait=", "wait=9999999999", "wait=-1", "wait*=utf-8''%ff", "wait*=x''1", "until=;return=,", '"'),
    *('W/"1"', "*", '"1"', "00-0-0-00", ",,,", "a=b=c", "text/plain", "application/json; ="),
]  # fmt: skip
LISTED = ["sort", "limit", "after", "available", "available.from", "name.to", "nobody", ""]
QUERIES: dict[str, tuple[Callable[..., Any], dict[str, str], list[str]]] = {
    "list": (calls.list_view, {"view": "stock"}, LISTED),
    "view": (calls.get_view, {"view": "stock", "key": "SKU1"}, ["at-least"]),
    "stream": (calls.get_stream, {"stream": "item-SKU1"}, ["after", "at"]),
    "causes": (calls.get_causes, {"stream": "item-SKU1"}, ["version"]),
    "outcome": (calls.get_outcome, {"stream": "item-SKU1"}, ["command-id", "digest"]),
}
HEADERS = [
    *("Prefer", "Accept", "If-Match", "If-None-Match", "Idempotency-Key", "Correlation-Id"),
    *("traceparent", "Content-Type", "X-MS-Client-Principal-Id"),
]


def asking(
    params: dict[str, str], named: dict[str, str], headers: dict[str, str]
) -> func.HttpRequest:
    """Ask without the time to wait for anything."""
    needed = {"command-id": "c1"} if "stream" in named else {}
    return func.HttpRequest(
        "GET",
        "/api",
        params={**needed, **params},
        route_params=named,
        headers={"Prefer": "wait=0", **headers},
        body=b"",
    )


def check(response: func.HttpResponse) -> None:
    assert response.status_code < 500, response.get_body()
    if response.status_code >= 400:
        told(response)


@pytest.mark.parametrize("route", QUERIES)
async def test_whatever_stands_in_a_query_is_answered(route: str, application: Application) -> None:
    await registered(application)
    ask, named, params = QUERIES[route]

    for value in NASTY:
        for param in params:
            check(await ask(asking({param: value}, named, {}), application))
        for name in named:
            check(await ask(asking({}, {**named, name: value}, {}), application))


@pytest.mark.parametrize("header", HEADERS)
async def test_whatever_stands_in_a_header_is_answered(
    header: str, application: Application
) -> None:
    await registered(application)

    for value in NASTY:
        name = header.replace("-", "_")
        check(
            await post_command(post("receive-stock", {"quantity": 1}, **{name: value}), application)
        )
        for ask, named, _ in QUERIES.values():
            check(await ask(asking({}, named, {header: value}), application))
