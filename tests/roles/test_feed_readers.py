"""Who reads a feed: who waits, who may not read, and what caches in between may keep."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

import command_api.composition
from command_api.feeds.watching import Watch
from emulators.tests.waiting import in_time, until_true
from shared.adapters.identity.actor import PRINCIPAL, Actors
from shared.domain.shop import domain
from tests.kernel.feeding import entries, entry
from tests.roles.reading import append, body, follow, ids, links
from tests.roles.wired import Wired, placed, stocked

HEAD = "/api/feeds/shop"
PAGE = "/api/feeds/shop/0/1-1"


def declared(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Deploy the feed as another declaration has it."""
    feeds = tuple(replace(one, **changes) for one in domain.feeds)
    monkeypatch.setattr(command_api.composition, "shipped_domain", replace(domain, feeds=feeds))


async def test_what_happened_before_there_was_a_feed_is_filled_in_by_the_clock(
    wired: Wired,
) -> None:
    await stocked(wired)
    await placed(wired)
    wired.pages.pages.clear()
    wired.pages._reached.clear()

    await wired.tick("rebuild")

    assert ids(await follow(wired, HEAD)) == ["order-7@3/onewrite.order.confirmed.v1"]


async def test_who_waits_is_answered_when_something_comes(wired: Wired) -> None:
    behind = links(await follow(wired, HEAD))["next"]
    waiting = asyncio.create_task(follow(wired, behind, {"Prefer": "wait=30"}))
    readers = await command_api.composition.feed_readers()
    watch = (await readers.of(domain.feed("shop"))).watch
    await until_true(lambda: watch._waiting == 1)

    await append(wired, 1, entries("order-1", 1, 1))

    async with in_time():
        answer = await waiting
    assert ids(answer) == ["order-1@1/0"]
    assert answer.headers["Preference-Applied"] == "wait=30"


async def test_who_need_not_wait_is_answered_at_once(wired: Wired) -> None:
    behind = links(await follow(wired, HEAD))["next"]
    await append(wired, 1, entries("order-1", 1, 1))

    assert ids(await follow(wired, behind, {"Prefer": "wait=30"})) == ["order-1@1/0"]


async def test_who_waits_in_vain_is_told_where_to_go_on(wired: Wired) -> None:
    behind = links(await follow(wired, HEAD))["next"]

    answer = await follow(wired, behind, {"Prefer": "wait=1"})

    assert (ids(answer), links(answer)["next"]) == ([], behind)
    assert answer.headers["Preference-Applied"] == "wait=1"


async def test_where_too_many_wait_nobody_is_told_that_he_has_waited(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "changed", _never)
    behind = links(await follow(wired, HEAD))["next"]

    answer = await follow(wired, behind, {"Prefer": "wait=30"})

    assert ids(answer) == []
    assert "Preference-Applied" not in answer.headers
    assert answer.headers["Retry-After"] == "1"


async def _never(*_: object) -> None:
    return None


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, "private, max-age=31536000, immutable"),
        ({"personal": False}, "public, max-age=31536000, immutable"),
        # What an actor may read, another who comes with the same browser has to ask for.
        ({"personal": False, "may_read": lambda _actor: True}, "private, no-cache"),
    ],
)
async def test_what_is_full_may_be_kept_by_those_whom_the_feed_allows_it(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], kept: str
) -> None:
    declared(monkeypatch, **changes)
    await append(wired, 0, entries("order-1", 1, 100))

    assert (await follow(wired, PAGE)).headers["Cache-Control"] == kept


@pytest.mark.parametrize("url", [HEAD, "/api/feeds/shop/0", PAGE])
async def test_who_may_not_read_a_feed_sees_nothing_of_it(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    declared(monkeypatch, may_read=lambda actor: actor == "ann")
    monkeypatch.setattr(command_api.composition, "actors", lambda: Actors(signs_in=True))
    await append(wired, 0, entries("order-1", 1, 100))

    refused = await follow(wired, url, {PRINCIPAL: "bob"})
    answer = await follow(wired, url, {PRINCIPAL: "ann"})

    assert (refused.status_code, body(refused)["code"]) == (403, "forbidden")
    assert len(ids(answer)) == (0 if url == "/api/feeds/shop/0" else 100)
    assert body(await follow(wired, "/api/feeds", {PRINCIPAL: "bob"})) == {"feeds": []}


async def test_behind_what_has_the_bytes_of_a_page_nothing_more_is_read(wired: Wired) -> None:
    large = [entry(f"order-{number}", 1, size=wired.pages.largest) for number in range(1, 6)]
    await append(wired, 0, large[:3])
    await append(wired, 2, large[3:])

    found: list[list[str]] = []
    url = links(await follow(wired, HEAD))["first"]
    while page := ids(answer := await follow(wired, url)):
        found.append(page)
        url = links(answer)["next"]

    assert sorted(one for page in found for one in page) == [f"order-{n}@1/0" for n in range(1, 6)]
    assert max(map(len, found)) == 1
