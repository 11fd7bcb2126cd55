"""Each header and each query that the page of the HTTP API shows, sent as it stands there."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest

from tests.reference import ROOT
from tests.roles.reading import FEED
from tests.roles.wired import Wired, placed, stocked

PAGE: Final = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")


def column(heading: str) -> list[str]:
    """Gives what stands in backticks in the first column of the table under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \|", section, re.MULTILINE)
    return [one for cell in cells for one in re.findall("`([^`]+)`", cell)]


HEADERS: Final[dict[str, tuple[str, int, str]]] = {
    "Idempotency-Key": ('"k1"', 200, ""),
    "If-Match": ('"7"', 412, ""),
    "If-None-Match": ("*", 412, ""),
    "Prefer: return=minimal": ("", 204, "return=minimal"),
    "Prefer: until=projected, wait=5": ("", 202, "until=projected, wait=0"),
    "Prefer: respond-async": ("", 202, "respond-async"),
    "Not-Before": ("", 202, "respond-async"),
    "Prefer: request-charge": ("", 200, "request-charge"),
    "Authorization": ("", 200, ""),
    "Correlation-Id": ("c1", 200, ""),
    "traceparent": ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 200, ""),
    "tracestate": ("vendor=1", 200, ""),
}
"""What is sent where the page names the header alone, the status, and what is applied."""
QUERIES: Final[dict[str, tuple[str, dict[str, Any], int]]] = {
    "GET /api/views/{view}/{key}": ("view", {"view": "stock", "key": "TEA"}, 200),
    "GET /api/views/{view}": ("view_list", {"view": "stock"}, 200),
    "GET /api/streams/{stream}": ("stream", {"stream": "item-TEA"}, 200),
    "GET /api/streams/{stream}?at=7": ("stream", {"stream": "item-TEA"}, 404),
    "GET /api/streams/{stream}/outcome?command-id=…&digest=…": (
        *("outcome", {"stream": "item-TEA"}),
        200,
    ),
    "DELETE /api/streams/{stream}/outcome?command-id=…&digest=…": (
        *("outcome_cancel", {"stream": "item-TEA"}),
        409,
    ),
    "GET /api/streams/{stream}/causes?version=1": ("causes", {"stream": "item-TEA"}, 200),
    "GET /api/feeds": ("feed_list", {}, 200),
    "GET /api/feeds/{feed}": ("feed", {"feed": FEED}, 200),
    "GET /api/feeds/{feed}/{partition}": ("feed_chain", {"feed": FEED, "partition": "0"}, 200),
    "GET /api/feeds/{feed}/{partition}/{page}": (
        "feed_page",
        {"feed": FEED, "partition": "0", "page": "1-1"},
        200,
    ),
    "GET /api/health": ("health", {}, 200),
}
FILTERS: Final = [
    *("available=3", "available.from=1&available.to=9", "available.in=3,5", "name.prefix=T"),
    *("sort=-available", "limit=1", "limit=100", 'name.in="Tea, green",Tea'),
]


def known(shown: str) -> str:
    return next(name for name in HEADERS if shown == name or shown.startswith(f"{name}: "))


def test_every_header_and_query_of_the_page_is_sent() -> None:
    assert {known(one) for one in column("Commands")} == HEADERS.keys()
    assert set(column("Queries")) == QUERIES.keys()


@pytest.mark.parametrize("shown", column("Commands"))
async def test_a_header_of_the_page_is_answered_as_it_says(wired: Wired, shown: str) -> None:
    await stocked(wired)
    given, status, applied = HEADERS[known(shown)]
    name, _, written = shown.partition(": ")
    # It would be waited for in vain.
    sent = {name: written.replace("wait=5", "wait=0") or given}
    if name == "Not-Before":
        sent["Prefer"] = "respond-async"
    route: dict[str, Any] = {"category": "item", "id": "TEA", "command": "receive-stock"}
    body = b'{"quantity": 1}'

    answer = await wired.call("command", "POST", sent, body=body, **route)

    assert answer.status_code == status
    assert answer.headers.get("Preference-Applied", "") == applied


@pytest.mark.parametrize("shown", column("Queries"))
async def test_a_query_of_the_page_is_answered_as_it_says(wired: Wired, shown: str) -> None:
    await stocked(wired)
    function, route, status = QUERIES[shown]
    params = dict(parse_qsl(shown.replace("…", "x").partition("?")[2]))

    answer = await wired.call(function, shown.split(maxsplit=1)[0], params=params, **route)

    assert answer.status_code == status


@pytest.mark.parametrize("shown", FILTERS)
async def test_a_filter_of_the_page_is_taken(wired: Wired, shown: str) -> None:
    await stocked(wired)
    await placed(wired)

    answer = await wired.call("view_list", params=dict(parse_qsl(shown)), view="stock")

    assert answer.status_code == 200
