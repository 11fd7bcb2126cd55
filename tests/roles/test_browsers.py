"""What a page in a browser may read of our answers: all of our headers, where it asks from another origin."""

from typing import Any

import pytest

from tests.roles.wired import Wired, stocked

# What a page may read of any answer (Fetch, section 4.9), what no page can, and what is no page's business.
OTHERS = {"cache-control", "content-type", "vary", "access-control-expose-headers"}
ASKED: dict[str, tuple[str, str, dict[str, str], dict[str, Any]]] = {
    "a stream": ("stream", "GET", {}, {"stream": "item-TEA"}),
    "a key": ("view", "GET", {}, {"view": "stock", "key": "TEA"}),
    "a list": ("view_list", "HEAD", {}, {"view": "stock"}),
    "what is known": ("view_list", "GET", {"If-None-Match": "*"}, {"view": "stock"}),
    "what has changed": ("view_list", "GET", {"If-Match": '"x"'}, {"view": "stock"}),
    "what is not there": ("stream", "GET", {}, {"stream": "item-NONE"}),
    "the document": ("openapi", "GET", {}, {}),
    "the health": ("health", "GET", {}, {}),
    "another method": ("without_route", "DELETE", {}, {"path": "views/stock"}),
    "the methods": ("without_route", "OPTIONS", {}, {"path": "views/stock"}),
    "nowhere": ("without_route", "GET", {}, {"path": "nowhere"}),
    "no body": (
        "command",
        "POST",
        {},
        {"category": "item", "id": "TEA", "command": "receive-stock"},
    ),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_a_page_may_read_all_of_our_headers(wired: Wired, asked: str) -> None:
    await stocked(wired)
    function, method, headers, route = ASKED[asked]

    answer = await wired.call(function, method, {**headers, "Origin": "https://page"}, **route)
    alone = await wired.call(function, method, headers, **route)

    readable = answer.headers["Access-Control-Expose-Headers"].lower().split(", ")
    assert {name.lower() for name, _ in answer.headers.items()} - OTHERS <= set(readable)
    assert "Access-Control-Expose-Headers" not in alone.headers


async def test_what_a_command_is_answered_with_is_readable(wired: Wired) -> None:
    body = {"name": "Tea", "reorderPoint": 1}
    prefer = "respond-async, request-charge"
    route: dict[str, Any] = {"category": "item", "id": "TEA", "command": "register-item"}
    for preferred in (prefer, "request-charge", "until=projected, wait=0"):
        answer = await wired.call(
            "command",
            "POST",
            {"Origin": "https://page", "Prefer": preferred},
            body=str(body).replace("'", '"').encode(),
            **route,
        )

        readable = answer.headers["Access-Control-Expose-Headers"].lower().split(", ")
        assert {name.lower() for name, _ in answer.headers.items()} - OTHERS <= set(readable)
