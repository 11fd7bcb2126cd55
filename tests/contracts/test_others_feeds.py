"""What asking feeds of others promises, over HTTP and in memory."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.adapters.memory import MemoryOthersFeeds
from shared.adapters.others_feeds import HttpOthersFeeds
from shared.adapters.polled_feeds import read_polled_feeds
from shared.adapters.wiring import now
from shared.kernel.ports import FeedAnswer, FeedGone, FeedUnavailable, OthersFeeds

BATCH: Final = "application/cloudevents-batch+json"


async def _serve(request: web.Request) -> web.Response:
    match request.path:
        case "/feed":
            if request.headers.get("If-None-Match") == '"e"':
                return web.Response(status=304)
            links = '</feed?c=1>; rel="next", </feed?c=0>; rel="first prev"'
            headers = {"ETag": '"e"', "Link": links}
            return web.Response(body=b"[]", content_type=BATCH, headers=headers)
        case "/gone":
            return web.Response(status=410)
        case "/busy":
            return web.Response(status=503, headers={"Retry-After": "120"})
    return web.Response(status=404)


@pytest.fixture(params=["memory", "http"])
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[OthersFeeds, str]]:
    """Gives what asks the feed, and where that is."""
    application = web.Application()
    application.router.add_get("/{path:.*}", _serve)
    async with TestServer(application) as server:
        at = str(server.make_url("")).rstrip("/")
        if request.param == "memory":
            links = dict.fromkeys(("first", "prev"), f"{at}/feed?c=0")
            feed = FeedAnswer(BATCH, b"[]", '"e"', {"next": f"{at}/feed?c=1", **links})
            twin = MemoryOthersFeeds()
            twin.documents[f"{at}/feed"] = feed
            twin.documents[f"{at}/gone"] = FeedGone("gone")
            twin.documents[f"{at}/busy"] = FeedUnavailable("busy", 120)
            yield twin, at
            return
        feeds = read_polled_feeds({"POLLED_FEEDS": f"carrier = {at}/feed | * | * | private"})
        asking = HttpOthersFeeds(feeds, now)
        yield asking, at
        await asking.close()


async def test_a_document_is_given_with_its_tag_and_where_it_leads(
    asked: tuple[OthersFeeds, str],
) -> None:
    feeds, at = asked

    found = await feeds.ask("carrier", f"{at}/feed", None)

    first = f"{at}/feed?c=0"
    links = {"next": f"{at}/feed?c=1", "first": first, "prev": first}
    assert found == FeedAnswer(BATCH, b"[]", '"e"', links)


async def test_what_has_its_tag_still_is_not_read_again(asked: tuple[OthersFeeds, str]) -> None:
    feeds, at = asked

    assert await feeds.ask("carrier", f"{at}/feed", '"e"') is None
    assert await feeds.ask("carrier", f"{at}/feed", '"d"') is not None


async def test_a_place_that_is_no_more_is_told(asked: tuple[OthersFeeds, str]) -> None:
    feeds, at = asked

    with pytest.raises(FeedGone):
        await feeds.ask("carrier", f"{at}/gone", None)


@pytest.mark.parametrize(("path", "wait"), [("busy", 120), ("missing", None)])
async def test_what_does_not_answer_is_told_and_when_to_ask_again(
    asked: tuple[OthersFeeds, str], path: str, wait: float | None
) -> None:
    feeds, at = asked

    with pytest.raises(FeedUnavailable) as raised:
        await feeds.ask("carrier", f"{at}/{path}", None)

    assert raised.value.wait == wait
