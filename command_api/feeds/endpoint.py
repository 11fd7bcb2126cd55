"""The routes of feeds: which there are, what is new, what is behind a cursor, the pages of each chain."""

import re
from collections.abc import Mapping

import azure.functions as func
from pydantic_core import to_json

from command_api.composition import Application
from command_api.feeds.about import About
from command_api.feeds.forms import FORMS
from command_api.feeds.reading import Events, FeedReader, Found, NoSuchPlaceError
from command_api.preferences import Preferences
from shared.adapters.http.conditions import IMMUTABLE, SHARED_IMMUTABLE
from shared.adapters.http.links import address, link_header
from shared.adapters.http.negotiation import chosen
from shared.adapters.http.problems import Fault, Problem, malformed, not_found
from shared.adapters.http.queries import parameters
from shared.adapters.http.responses import json_response
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage
from shared.kernel.feeds.cursor import FeedCursor
from shared.kernel.feeds.page import Page
from shared.kernel.feeds.public_feed import PublicFeed

_PARTITION, _PAGE = (
    re.compile(r"0|[1-9][0-9]{0,3}"),
    re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,11})"),
)


async def list_feeds(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with the feeds that there are, and where their chains are, for those who may read them."""
    domain = application.domain
    readable = [one for one in domain.feeds if await _may_read(one, req, application)]
    shown = [_listed(feed, domain) for feed in readable]
    return json_response({"feeds": shown})


def _listed(feed: PublicFeed, domain: Domain) -> dict[str, object]:
    made = [domain.public_type(one) for one in domain.enrichers if one.public in feed.events]
    return {
        "name": feed.name,
        "title": feed.title,
        "events": sorted(made),
        "self": _url(feed),
        "first": _first(feed),
        "partitions": [_chain_url(feed, number) for number in range(feed.partitions)],
    }


async def get_feed(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with the newest events, or with those behind `?cursor=`; with `Prefer: wait`, once there are some."""
    reader = await _reader(req, application)
    params = parameters(req)
    preferences = Preferences.of(req.headers.get("prefer"))
    applied: Mapping[str, str] = {}
    if "cursor" in params:
        found, waited = await _after(reader, params["cursor"], preferences.wait or 0)
        # Who asks again at once would have the store read as often as it can answer.
        applied = preferences.waited() if waited else {"Retry-After": "1"}
    else:
        found = await reader.newest()
    links = {
        "self": address(_url(reader.feed), params),
        "current": _url(reader.feed),
        "first": _first(reader.feed),
        "next": address(_url(reader.feed), {"cursor": found.cursor}),
    }
    about = _about(reader.feed, application)
    return _answer(req, about, found.events, links, applied)


async def get_chain(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with the page that a chain is being written on: whoever subscribes to the chain looks here."""
    reader = await _reader(req, application)
    partition = _partition(req, reader)
    page = await reader.open_page(partition)
    return _page(req, reader, partition, page, application, is_current=True)


async def get_page(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of a chain; one that is full never changes, and those of an old generation are gone."""
    reader = await _reader(req, application)
    partition = _partition(req, reader)
    found = _PAGE.fullmatch(req.route_params["page"])
    generation, number = (int(found[1]), int(found[2])) if found else (0, 0)
    if 0 < generation < reader.feed.generation:
        raise _superseded(_chain_url(reader.feed, partition))
    page = None
    if generation == reader.feed.generation:
        page = await reader.page(partition, number)
    if page is None:
        raise not_found("The feed has no such page (yet).")
    return _page(req, reader, partition, page, application)


def _page(
    req: func.HttpRequest,
    reader: FeedReader,
    partition: int,
    page: Page,
    application: Application,
    *,
    is_current: bool = False,
) -> func.HttpResponse:
    feed = reader.feed
    current, here = _chain_url(feed, partition), _page_url(feed, partition, page.number)
    before = _page_url(feed, partition, page.number - 1) if page.number > 1 else None
    # It is written when the page is full, and so stays.
    behind = _page_url(feed, partition, page.number + 1) if page.closed else None
    links = {
        "self": current if is_current else here,
        "current": current,
        "prev-archive": before,
        "next-archive": behind,
        "next": behind,
    }
    kept = {}
    if page.closed and feed.may_read is None:
        kept = {"Cache-Control": IMMUTABLE if feed.personal else SHARED_IMMUTABLE}
    about = _about(feed, application, partition, archived=page.closed)
    return _answer(req, about, page.events, links, kept)


def _answer(
    req: func.HttpRequest,
    about: About,
    events: Events,
    links: Mapping[str, str | None],
    headers: Mapping[str, str],
) -> func.HttpResponse:
    form = chosen(req.headers.get("accept"), FORMS)
    match form:
        case "application/atom+xml":
            # Most readers never ask for it: nobody's start waits for what writes XML.
            from command_api.feeds.atom import document

            body = document(about, events, links)
        case "application/x-ndjson":
            body = b"".join(to_json(event) + b"\n" for event in events)
        case _:
            body = to_json(events)
    return func.HttpResponse(body, headers={**link_header(links), **headers}, mimetype=form)


async def _reader(req: func.HttpRequest, application: Application) -> FeedReader:
    """Find the feed; raises Problem for who may not read it."""
    feed = application.domain.feed(req.route_params["feed"])
    if not await _may_read(feed, req, application):
        raise application.actors.forbidden(await application.actors.of(req.headers))
    return await (await application.feeds()).of(feed)


async def _may_read(feed: PublicFeed, req: func.HttpRequest, application: Application) -> bool:
    return feed.may_read is None or feed.may_read(await application.actors.of(req.headers))


async def _after(reader: FeedReader, text: str, seconds: int) -> tuple[Found, bool]:
    try:
        return await reader.after(FeedCursor.parse(text), seconds)
    except InvalidMessage:
        fault = Fault("cursor", "Only what the feed gave as `next` or `first` is expected.")
        raise malformed("The query is malformed.", [fault]) from None
    except NoSuchPlaceError:
        raise _superseded(_url(reader.feed)) from None


def _partition(req: func.HttpRequest, reader: FeedReader) -> int:
    text = req.route_params["partition"]
    partition = int(text) if _PARTITION.fullmatch(text) else reader.feed.partitions
    if partition >= reader.feed.partitions:
        raise not_found("The feed has no such partition.")
    return partition


def _superseded(current: str) -> Problem:
    detail = "The feed was rebuilt. Start again at the link `current`."
    headers = link_header({"current": current})
    return Problem(410, "superseded", "The page or cursor is outdated", detail, headers=headers)


def _about(
    feed: PublicFeed,
    application: Application,
    partition: int | None = None,
    *,
    archived: bool = False,
) -> About:
    name = feed.name if partition is None else f"{feed.name}/{partition}"
    title = feed.title if partition is None else f"{feed.title} ({partition})"
    return About(name, title, application.domain.about.title, archived)


def _first(feed: PublicFeed) -> str:
    cursor = FeedCursor.begin(feed.name, feed.generation, feed.partitions)
    return address(_url(feed), {"cursor": cursor})


def _url(feed: PublicFeed) -> str:
    return f"/api/feeds/{feed.name}"


def _chain_url(feed: PublicFeed, partition: int) -> str:
    return f"{_url(feed)}/{partition}"


def _page_url(feed: PublicFeed, partition: int, number: int) -> str:
    return f"{_chain_url(feed, partition)}/{feed.generation}-{number}"
