"""A reader of feeds, and what is in the chains that it reads."""

import json
import re
from collections.abc import Sequence
from typing import Any

import azure.functions as func

from consumers.chain_writing import Chains
from shared.kernel.feeds.page import Entry
from tests.roles.wired import Wired

_LINK = re.compile(r'<([^>]+)>; rel="([a-z-]+)"')
FEED = "shop"


async def append(
    wired: Wired, partition: int, entries: Sequence[Entry], generation: int = 1
) -> None:
    """Append to a chain, as the consumer does."""
    chain = f"{FEED}~{generation}/{partition}"
    assert await Chains(wired.pages).append(chain, entries) == []


async def follow(
    wired: Wired, url: str, headers: dict[str, str] | None = None
) -> func.HttpResponse:
    """Ask for what a link leads to."""
    path, _, query = url.removeprefix("/api/feeds").partition("?")
    params = (
        dict(one.split("=", 1) for one in query.replace("%3D", "=").split("&")) if query else {}
    )
    feed, partition, page = [*path.strip("/").split("/"), "", "", ""][:3]
    route = {
        name: value
        for name, value in (("feed", feed), ("partition", partition), ("page", page))
        if value
    }
    function = ["feed_list", "feed", "feed_chain", "feed_page"][len(route)]
    return await wired.call(function, "GET", headers, params, b"", **route)


def links(answer: func.HttpResponse) -> dict[str, str]:
    """Give where an answer leads, by relation."""
    return {relation: url for url, relation in _LINK.findall(answer.headers["Link"])}


def ids(answer: func.HttpResponse) -> list[str]:
    """Give the ids of the events of a batch."""
    assert (answer.status_code, answer.mimetype) == (200, "application/cloudevents-batch+json")
    return [one["id"] for one in body(answer)]


def body(answer: func.HttpResponse) -> Any:
    return json.loads(answer.get_body())
