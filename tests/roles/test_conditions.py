"""Conditions on queries: tags, 304 and 412, and how long an answer is kept."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.kernel.messages.stream import StreamName
from tests.kernel.worlds import commit, received
from tests.roles.wired import Wired, stocked

QUERIES: dict[str, tuple[str, dict[str, Any]]] = {
    "a stream": ("stream", {"stream": "item-TEA"}),
    "causes": ("causes", {"stream": "item-TEA"}),
    "a key": ("view", {"view": "stock", "key": "TEA"}),
    "a list": ("view_list", {"view": "stock"}),
    "the document": ("openapi", {}),
    "the page": ("docs", {}),
    "a file of the page": ("docs_file", {"file": "docs.js"}),
}
QUERY = pytest.mark.parametrize("query", QUERIES)


async def tag_of(wired: Wired, query: str) -> str:
    function, route = QUERIES[query]
    answer = await wired.call(function, **route)
    assert answer.status_code == 200
    return str(answer.headers["ETag"])


SEEN: list[Callable[[str], str]] = [
    lambda tag: tag,
    lambda tag: f"W/{tag}",
    lambda tag: f'"other", {tag}',
    lambda tag: f' {tag} , "other"',
    lambda tag: f'W/"a,b",W/{tag}',
    lambda _: "*",
]
NEW = ['"a",' + " " * 30_000 + "x", '"other"', 'W/"other"', '"a", "b"', "", "no tag", '""']


@QUERY
@pytest.mark.parametrize("header", SEEN)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_is_known_is_not_sent_again(
    wired: Wired, query: str, header: Callable[[str], str], method: str
) -> None:
    await stocked(wired)
    (function, route), tag = QUERIES[query], await tag_of(wired, query)

    answer = await wired.call(function, method, {"If-None-Match": header(tag)}, **route)

    assert (answer.status_code, answer.get_body()) == (304, b"")
    assert (answer.headers["ETag"], answer.headers["Vary"]) == (tag, "Accept, Origin, Prefer")
    assert answer.headers["Cache-Control"] == "private, no-cache"


@QUERY
@pytest.mark.parametrize("header", NEW)
async def test_what_is_not_known_is_sent(wired: Wired, query: str, header: str) -> None:
    await stocked(wired)
    function, route = QUERIES[query]

    answer = await wired.call(function, headers={"If-None-Match": header}, **route)

    assert answer.status_code == 200
    assert answer.get_body()


@QUERY
async def test_a_condition_that_is_not_met_is_412(wired: Wired, query: str) -> None:
    await stocked(wired)
    (function, route), tag = QUERIES[query], await tag_of(wired, query)

    for header, status in (
        (tag, 200),
        ("*", 200),
        (f'"other", {tag}', 200),
        (f"W/{tag}", 412),
        ('"other"', 412),
    ):
        answer = await wired.call(function, headers={"If-Match": header}, **route)
        assert answer.status_code == status

    answer = await wired.call(function, headers={"If-Match": "none"}, **route)
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["a stream", "a key", "a list"])
async def test_what_changes_has_another_tag(wired: Wired, query: str) -> None:
    await stocked(wired)
    tag = await tag_of(wired, query)

    await wired.command("item/TEA/receive-stock", {"quantity": 1})
    await wired.settle()

    assert await tag_of(wired, query) != tag


async def test_the_tree_and_its_drawing_have_tags_of_their_own(wired: Wired) -> None:
    await stocked(wired)
    drawn = await wired.call("causes", headers={"Accept": "text/plain"}, stream="item-TEA")

    assert drawn.headers["ETag"] != await tag_of(wired, "causes")


async def test_a_tag_of_a_stream_is_the_version_that_a_command_may_expect(wired: Wired) -> None:
    await stocked(wired)
    tag = await tag_of(wired, "a stream")

    assert tag == '"2"'
    at_one = await wired.call("stream", params={"at": "1"}, stream="item-TEA")
    assert at_one.headers["ETag"] == '"1"'
    status, _ = await wired.command("item/TEA/receive-stock", {"quantity": 1}, If_Match=tag)
    assert status == 200


async def test_a_page_behind_which_there_is_more_never_changes(wired: Wired) -> None:
    stream = StreamName("item", "teapot")
    for version in range(1, 251):
        await wired.store.append([commit(version, received(1))])

    async def kept(after: int) -> str:
        params = {"after": str(after)}
        answer = await wired.call("stream", params=params, stream=str(stream))
        return str(answer.headers["Cache-Control"])

    for after in (0, 1, 2, 50, 99, 100, 148, 149):
        assert await kept(after) == "private, max-age=31536000, immutable"
    for after in (150, 151, 199, 200, 248, 249, 250, 251, 999):
        assert await kept(after) == "private, no-cache"


@pytest.mark.parametrize(
    ("function", "route", "status"),
    [
        ("stream", {"stream": "item-NONE"}, 404),
        ("stream", {"stream": "nothing"}, 404),
        ("view", {"view": "none", "key": "x"}, 404),
        ("without_route", {"path": "health"}, 404),
    ],
)
async def test_a_problem_is_never_kept_and_no_condition_hides_it(
    wired: Wired, function: str, route: dict[str, Any], status: int
) -> None:
    for header in ("If-None-Match", "If-Match"):
        answer = await wired.call(function, headers={header: "*"}, **route)

        assert answer.status_code in {status, 405}
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        *(("If-Match", one, 412) for one in ("*", '"x"', 'W/"x"', '"a", "b"', '""')),
        *(("If-Match", one, 400) for one in ("", "x", "0", '"x', '"x" "y"')),
        *(("If-None-Match", one, 202) for one in ("*", '"x"', "", "x", '"a", W/"b"')),
    ],
)
async def test_what_is_not_there_in_time_has_no_representation_that_could_match(
    wired: Wired, header: str, value: str, status: int
) -> None:
    await stocked(wired)
    waiting = {"Prefer": "wait=0", header: value}

    answer = await wired.call(
        "view", headers=waiting, params={"at-least": "99"}, view="stock", key="TEA"
    )

    assert answer.status_code == status
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
