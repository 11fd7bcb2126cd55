"""The feed of a world as its hosts serve it: by the shipped routes, or as feeds of others are, line by line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func
from pydantic_core import to_json

from command_api.composition import Application
from command_api.feeds.endpoint import get_chain, get_feed, get_page
from command_api.feeds.forms import ATOM, BATCH, NDJSON
from command_api.feeds.reading import FeedReaders
from shared.adapters.http.answering import answered
from shared.adapters.http.bodies import media_type
from shared.adapters.http.conditions import conditional
from shared.kernel.domain import Domain
from shared.kernel.feeds.cursor import FeedCursor
from shared.kernel.ports import FeedAnswer, FeedGone, FeedPages, FeedUnavailable
from tests.command_api.calls import assembled

HOST, FEEDS = "https://shop.example", "/api/feeds/"
LINES = 20
"""So many events a feed of others gives at once."""
FORMS: Mapping[str, str] = {"batches": BATCH, "archives": ATOM, "lines": NDJSON}
_LINK = re.compile(r'<([^>]+)>; rel="([a-z-]+)"')
_ROUTES = (get_feed, get_chain, get_page)


@dataclass(frozen=True)
class Server:
    """What a process serves of the feed of its version, in one of the `FORMS`.

    One that is `strict` answers a cursor of an older generation with 410, as feeds of others may.
    """

    application: Application
    pages: FeedPages
    form: str
    strict: bool

    async def ask(self, url: str, tag: str | None = None) -> FeedAnswer | None:
        """Answer a request; raises FeedGone, FeedUnavailable."""
        path, query = urlsplit(url).path.removeprefix(FEEDS).split("/"), urlsplit(url).query
        asked = dict(parse_qsl(query))
        if self.form == "lines":
            return await self._lines(asked.get("lastEventId"))
        if self.strict and self._is_of_before(asked.get("cursor")):
            raise FeedGone("it was made anew")
        route = dict(zip(("feed", "partition", "page"), path, strict=False))
        headers = {"Accept": FORMS[self.form], **({"If-None-Match": tag} if tag else {})}
        request = func.HttpRequest(
            "GET", url, headers=headers, params=asked, route_params=route, body=b""
        )
        answering = _ROUTES[len(path) - 1](request, self.application)
        return _read(conditional(request, await answered(answering)))

    def _is_of_before(self, cursor: str | None) -> bool:
        feed = self.application.domain.feeds[0]
        return cursor is not None and FeedCursor.parse(cursor).generation < feed.generation

    async def _lines(self, last: str | None) -> FeedAnswer:
        """Give what comes behind an event; raises FeedGone for one that nobody knows."""
        chain, number = self.application.domain.feeds[0].chain(0), 1
        events = list[Mapping[str, Any]]()
        while (page := await self.pages.read(chain, number)) is not None:
            events, number = [*events, *page.page.events], number + 1
            # What is read now may have been full by the time of the next page.
            if not page.page.closed:
                break
        places = {event["id"]: place for place, event in enumerate(events, 1)}
        if last is not None and last not in places:
            raise FeedGone("nobody knows that event")
        begin = places[last] if last is not None else 0
        body = b"".join(to_json(event) + b"\n" for event in events[begin:][:LINES])
        return FeedAnswer(NDJSON, body)


def serving(version: Domain, pages: FeedPages, form: str, *, strict: bool) -> Server:
    """Serve the feed of a version."""
    readers = FeedReaders(lambda: _give(pages))
    application = replace(assembled(version), feeds=lambda: _give(readers))
    return Server(application, pages, form, strict)


async def _give[T](made: T) -> T:
    return made


def _read(answer: func.HttpResponse) -> FeedAnswer | None:
    """Read an answer as who follows a feed reads it over HTTP."""
    if answer.status_code == 304:
        return None
    if answer.status_code == 410:
        raise FeedGone("it is gone")
    if answer.status_code != 200:
        raise FeedUnavailable(f"the feed answers {answer.status_code}")
    links = {
        relation: HOST + url for url, relation in _LINK.findall(answer.headers.get("Link", ""))
    }
    form = media_type({"content-type": answer.mimetype})
    return FeedAnswer(form, answer.get_body(), answer.headers["ETag"], links)
