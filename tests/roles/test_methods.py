"""Methods: HEAD wherever GET is, OPTIONS everywhere, 405 where a path is known, 404 where it is not."""

from typing import Any

import pytest

from tests.functions import FUNCTIONS
from tests.roles.wired import Wired, stocked

ROUTED = {
    name: trigger
    for name, function in FUNCTIONS.items()
    if (trigger := function.get_trigger().get_dict_repr())["type"] == "httpTrigger"  # type: ignore[union-attr]
}
CATCH_ALL = "without_route"


def methods(name: str) -> set[str]:
    return {method.value for method in ROUTED[name].get("methods", ())}


def served(name: str) -> set[str]:
    """What the functions on a route take between them."""
    route = ROUTED[name]["route"]
    return {"OPTIONS"}.union(*(methods(one) for one in ROUTED if ROUTED[one]["route"] == route))


def path(name: str) -> str:
    """A path that the route of a function takes."""
    route = str(ROUTED[name]["route"])
    for parameter in ("category", "id", "command", "stream", "view", "key", "consumer"):
        route = route.replace(f"{{{parameter}}}", f"a-{parameter}")
    return route


def test_what_takes_everything_is_asked_last_and_serves_every_method() -> None:
    assert max(ROUTED) == CATCH_ALL
    assert (ROUTED[CATCH_ALL]["route"], methods(CATCH_ALL)) == ("{*path}", set())


@pytest.mark.parametrize("name", sorted(ROUTED.keys() - {CATCH_ALL}))
def test_who_has_get_has_head(name: str) -> None:
    assert ("GET" in methods(name)) == ("HEAD" in methods(name))


WRONG = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE", "CONNECT"]


@pytest.mark.parametrize("name", sorted(ROUTED.keys() - {CATCH_ALL}))
async def test_a_wrong_method_is_told_which_are_right(wired: Wired, name: str) -> None:
    for method in set(WRONG) - served(name):
        answer = await wired.call(CATCH_ALL, method, path=path(name))

        assert answer.status_code == 405
        assert answer.headers["Allow"] == ", ".join(sorted(served(name)))
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("name", sorted(ROUTED.keys() - {CATCH_ALL}))
async def test_what_another_app_serves_is_not_found_here(wired: Wired, name: str) -> None:
    for method in methods(name) - {"OPTIONS"}:
        answer = await wired.call(CATCH_ALL, method, path=path(name))

        assert answer.status_code == 404
        assert "Allow" not in answer.headers


@pytest.mark.parametrize("name", sorted(ROUTED.keys() - {CATCH_ALL, "webhook"}))
async def test_options_tells_the_methods(wired: Wired, name: str) -> None:
    answer = await wired.call(CATCH_ALL, "OPTIONS", path=path(name).upper())

    assert (answer.status_code, answer.get_body()) == (204, b"")
    assert answer.headers["Allow"] == ", ".join(sorted(served(name)))


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
@pytest.mark.parametrize(
    "unknown", ["", "nowhere", "a/b", "a//b", "streams", "a/b/c/d", "health/x"]
)
async def test_an_unknown_path_is_not_found(wired: Wired, method: str, unknown: str) -> None:
    answer = await wired.call(CATCH_ALL, method, path=unknown)

    assert answer.status_code == 404
    assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    ("function", "route"),
    [
        ("stream", {"stream": "item-TEA"}),
        ("causes", {"stream": "item-TEA"}),
        ("view", {"view": "stock", "key": "TEA"}),
        ("view_list", {"view": "stock"}),
        ("health", {}),
        ("openapi", {}),
        ("docs", {}),
        ("parked", {}),
        ("stream", {"stream": "item-NONE"}),
        ("view", {"view": "none", "key": "TEA"}),
    ],
)
async def test_head_is_answered_as_get_is_without_a_body(
    wired: Wired, function: str, route: dict[str, Any]
) -> None:
    await stocked(wired)

    got = await wired.call(function, "GET", **route)
    head = await wired.call(function, "HEAD", **route)

    assert (head.status_code, head.mimetype) == (got.status_code, got.mimetype)
    # How long the checks of the health took is another every time.
    unlike = {"etag"} if function == "health" else set()
    told = [
        {name.lower(): value for name, value in one.headers.items() if name.lower() not in unlike}
        for one in (head, got)
    ]
    assert told[0] == told[1]
    assert got.get_body()
    assert head.status_code != 200 or not head.get_body()
