"""Feeds over HTTP: what others pull, page by page or behind a cursor; what never changes says so."""

import json
from dataclasses import replace

import pytest

import command_api.composition
from shared.domain.shop import domain
from tests.kernel.feeding import entries, entry
from tests.roles.reading import FEED, append, body, follow, ids, links
from tests.roles.wired import Wired, placed, stocked

HEAD = "/api/feeds/shop"


def of(stream: str, first: int, last: int) -> list[str]:
    return [f"{stream}@{version}/0" for version in range(first, last + 1)]


async def test_what_happens_is_in_the_feed_and_the_feed_in_the_list(wired: Wired) -> None:
    await stocked(wired)
    await placed(wired)

    listed = body(await follow(wired, "/api/feeds"))
    found = await follow(wired, listed["feeds"][0]["self"])

    assert [one["name"] for one in listed["feeds"]] == [FEED]
    assert "onewrite.order.confirmed.v1" in listed["feeds"][0]["events"]
    assert [(one["type"], one["subject"]) for one in body(found)] == [
        ("onewrite.order.confirmed.v1", "order-7")
    ]
    assert found.headers["Cache-Control"] == "private, no-cache"


async def test_the_head_has_the_newest_events_of_all_chains_by_their_time(wired: Wired) -> None:
    await append(wired, 0, [entry("order-1", 1, time="2026-11-23T12:00:02Z")])
    await append(wired, 2, [entry("order-2", 1, time="2026-11-23T12:00:01Z")])
    await append(wired, 2, [entry("order-2", 2, time="2026-11-23T12:00:03Z")])

    found = await follow(wired, HEAD)

    assert ids(found) == ["order-2@1/0", "order-1@1/0", "order-2@2/0"]
    assert links(found).keys() == {"self", "current", "first", "next"}


async def test_a_reader_who_begins_at_the_first_has_every_event_once_in_order(wired: Wired) -> None:
    given = {"order-1": (0, 250), "order-2": (0, 3), "order-3": (3, 120)}
    for stream, (partition, last) in given.items():
        await append(wired, partition, entries(stream, 1, last))

    found: list[str] = []
    url = links(await follow(wired, HEAD))["first"]
    while page := ids(answer := await follow(wired, url)):
        assert len(page) <= 100
        found += page
        url = links(answer)["next"]

    assert len(found) == len(set(found)) == 373
    for stream, (_, last) in given.items():
        assert [one for one in found if one.startswith(f"{stream}@")] == of(stream, 1, last)
    await append(wired, 1, entries("order-4", 1, 1))
    await append(wired, 0, entries("order-1", 251, 251))
    assert sorted(ids(await follow(wired, url))) == ["order-1@251/0", "order-4@1/0"]


async def test_a_chain_with_much_keeps_no_other_waiting(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 300))
    await append(wired, 1, entries("order-2", 1, 1))
    first = links(await follow(wired, HEAD))["first"]

    second = links(await follow(wired, first))["next"]

    assert "order-2@1/0" in ids(await follow(wired, second))


async def test_behind_the_head_there_is_what_came_since(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 100))
    behind = links(await follow(wired, HEAD))["next"]
    assert ids(await follow(wired, behind)) == []

    await append(wired, 0, entries("order-1", 101, 102))

    assert ids(await follow(wired, behind)) == of("order-1", 101, 102)


async def test_a_full_page_says_that_it_never_changes(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 150))
    url = "/api/feeds/shop/0/1-1"

    page = await follow(wired, url)

    assert ids(page) == of("order-1", 1, 100)
    assert page.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert page.headers["ETag"].startswith('"')
    assert links(page) == {
        "self": url,
        "current": "/api/feeds/shop/0",
        "next-archive": "/api/feeds/shop/0/1-2",
        "next": "/api/feeds/shop/0/1-2",
    }
    again = await follow(wired, url, {"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.get_body()) == (304, b"")


async def test_a_full_page_is_the_same_for_ever_whatever_comes(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 100))
    pages = [
        await follow(wired, "/api/feeds/shop/0/1-1", {"Accept": form})
        for form in ("application/atom+xml", "application/x-ndjson", "*/*")
    ]

    await append(wired, 0, entries("order-1", 101, 350))

    for page in pages:
        again = await follow(wired, "/api/feeds/shop/0/1-1", {"Accept": page.mimetype})
        assert again.get_body() == page.get_body()
        assert again.headers["Link"] == page.headers["Link"]


async def test_the_open_page_is_looked_at_again_and_leads_back(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 150))

    current = await follow(wired, "/api/feeds/shop/0")
    by_number = await follow(wired, "/api/feeds/shop/0/1-2")

    assert ids(current) == ids(by_number) == of("order-1", 101, 150)
    assert current.headers["Cache-Control"] == "private, no-cache"
    assert links(current) == {
        "self": "/api/feeds/shop/0",
        "current": "/api/feeds/shop/0",
        "prev-archive": "/api/feeds/shop/0/1-1",
    }


@pytest.mark.parametrize("length", [0, 100])
async def test_behind_what_is_full_there_is_an_empty_page(wired: Wired, length: int) -> None:
    await append(wired, 0, entries("order-1", 1, length))

    current = await follow(wired, "/api/feeds/shop/0")
    by_number = await follow(wired, f"/api/feeds/shop/0/1-{1 + length // 100}")

    assert ids(current) == ids(by_number) == []
    assert ("prev-archive" in links(current)) == bool(length)


@pytest.mark.parametrize(
    "url",
    [
        "/api/feeds/other",
        "/api/feeds/other/0",
        "/api/feeds/shop/4",
        "/api/feeds/shop/x",
        "/api/feeds/shop/01",
        "/api/feeds/shop/0/1",
        "/api/feeds/shop/0/1-0",
        "/api/feeds/shop/0/1-3",
        "/api/feeds/shop/0/2-1",
    ],
)
async def test_what_is_not_there_is_not_found(wired: Wired, url: str) -> None:
    await append(wired, 0, entries("order-1", 1, 100))

    answer = await follow(wired, url)

    assert (answer.status_code, body(answer)["code"]) == (404, "not-found")


async def test_each_form_is_there_for_who_asks_for_it(wired: Wired) -> None:
    await append(wired, 0, entries("order-1", 1, 2))

    lines = await follow(wired, HEAD, {"Accept": "application/x-ndjson"})
    other = await follow(wired, HEAD, {"Accept": "text/csv"})

    assert lines.mimetype == "application/x-ndjson"
    assert [json.loads(line)["id"] for line in lines.get_body().splitlines()] == of("order-1", 1, 2)
    assert (other.status_code, body(other)["code"]) == (406, "not-acceptable")


@pytest.mark.parametrize(
    "cursor", ["x", "MTswOzE6MA==", "c2hvcDsxOzA7MDow", "c2hvcDsxOzk7MTow", "dGlsbDsxOzA7MTow"]
)
async def test_what_no_page_gave_as_a_cursor_is_refused(wired: Wired, cursor: str) -> None:
    answer = await follow(wired, f"{HEAD}?cursor={cursor}")

    assert (answer.status_code, body(answer)["errors"][0]["pointer"]) == (400, "cursor")


@pytest.mark.parametrize(("length", "left"), [(150, 0), (90, 0), (90, 60)])
async def test_a_place_that_a_restored_feed_lacks_is_gone(
    wired: Wired, length: int, left: int
) -> None:
    await append(wired, 0, entries("order-1", 1, length))
    ahead = links(await follow(wired, HEAD))["next"]
    wired.pages.pages.clear()
    await append(wired, 0, entries("order-9", 1, left))

    answer = await follow(wired, ahead)

    assert (answer.status_code, body(answer)["code"]) == (410, "superseded")
    assert links(answer) == {"current": HEAD}
    assert ids(await follow(wired, HEAD)) == of("order-9", 1, left)


def rebuilt(monkeypatch: pytest.MonkeyPatch, generation: int) -> None:
    """Deploy code that makes the feed anew."""
    feeds = tuple(replace(one, generation=generation) for one in domain.feeds)
    changed = replace(domain, feeds=feeds)
    monkeypatch.setattr(command_api.composition, "shipped_domain", changed)


async def test_when_a_feed_is_made_anew_its_pages_are_gone_and_its_cursors_begin_again(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    await append(wired, 0, entries("order-1", 1, 100))
    await append(wired, 0, entries("order-1", 1, 1), generation=2)
    rebuilt(monkeypatch, 1)
    old = links(await follow(wired, HEAD))["next"]
    monkeypatch.setattr(command_api.composition.application, "making", None)
    monkeypatch.setattr(command_api.composition.feed_readers, "making", None)
    rebuilt(monkeypatch, 2)

    page = await follow(wired, "/api/feeds/shop/0/1-1")
    begun = await follow(wired, old)

    assert (page.status_code, body(page)["code"]) == (410, "superseded")
    assert links(page) == {"current": "/api/feeds/shop/0"}
    assert ids(begun) == ["order-1@1/0"]


async def test_a_cursor_of_newer_code_waits_for_newer_code(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuilt(monkeypatch, 2)
    newer = links(await follow(wired, HEAD))["next"]
    monkeypatch.setattr(command_api.composition.application, "making", None)
    monkeypatch.setattr(command_api.composition.feed_readers, "making", None)
    rebuilt(monkeypatch, 1)
    await append(wired, 0, entries("order-1", 1, 1))

    answer = await follow(wired, newer)

    assert (ids(answer), links(answer)["next"]) == ([], newer)
    assert answer.headers["Retry-After"] == "1"
