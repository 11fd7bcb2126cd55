"""The change feed over HTTP: what is new in a range, and where to go on."""

import json
import sqlite3
from email.utils import parsedate_to_datetime

from aiohttp import web

from emulators.cosmos import change_feed, charge, words
from emulators.cosmos.answers import answer, range_headers
from emulators.cosmos.change_feed import Slice
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.ranges import effective_partition_key
from emulators.cosmos.request import page_size, partition_key
from emulators.cosmos.scope import Scope, read_scope

LATEST_VERSIONS = "incremental feed"


def feed(db: sqlite3.Connection, container: Container, request: web.Request) -> web.Response:
    """Give what is new in a range, or 304; the etag is where to go on."""
    mode = request.headers["A-IM"]
    if mode.lower() != LATEST_VERSIONS:
        raise unsupported(f"the change feed mode {mode!r}")
    scope = read_scope(db, container, request, partition_key(request))
    range_, first, beyond = _place(scope)
    after = _position(db, container, range_, request)
    asked = Slice(range_, after, first, beyond, page_size(request))
    found, reached = change_feed.page(db, container, asked)
    place = {
        "etag": f'"{reached}"',
        "x-ms-item-count": str(len(found)),
        **range_headers(db, container, range_),
    }
    if not found:
        return answer(304, None, place, charge.NOTHING_NEW)
    documents = ",".join(change_feed.with_lsn(stored, container) for stored in found)
    text = f'{{"_rid":{json.dumps(container.rid)},"Documents":[{documents}],"_count":{len(found)}}}'
    return answer(200, text, place, charge.feed(len(found)))


def _place(scope: Scope) -> tuple[str, str, str]:
    """Give the physical range that is asked for, and the stretch of effective keys in it."""
    ranges, first, beyond = scope.container.ranges, scope.first, scope.beyond
    if scope.pk is not None:
        first = effective_partition_key(scope.pk)
        return ranges.holding(first), first, f"{first}0"
    if scope.range is not None:
        return scope.range, first, beyond
    if len(ranges.ids) > 1:
        raise unsupported("a change feed over several ranges in one request")
    return ranges.ids[0], first, beyond


def _position(
    db: sqlite3.Connection, container: Container, range_: str, request: web.Request
) -> int:
    etag, since = (request.headers.get(name) for name in ("If-None-Match", "If-Modified-Since"))
    if etag == "*":
        return change_feed.current_lsn(db, container, range_)
    if etag is not None:
        if not etag.strip('"').isdecimal():
            raise CosmosError(400, words.bad_header("If-None-Match", etag))
        return int(etag.strip('"'))
    if since is None:
        return 0
    try:
        moment = parsedate_to_datetime(since).timestamp()
    except ValueError:
        raise CosmosError(400, words.bad_header("If-Modified-Since", since)) from None
    return change_feed.lsn_before(db, container, range_, moment)
