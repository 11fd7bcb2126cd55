"""Reads: point reads, queries and the change feed, each as consistent as it asks to be."""

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators.cosmos import change_feed, charge, items
from emulators.cosmos.answers import answer, range_headers
from emulators.cosmos.change_feed import Slice
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.items import Stored
from emulators.cosmos.query import execution
from emulators.cosmos.query.execution import Asked, Scope
from emulators.cosmos.query.plan import query_plan
from emulators.cosmos.ranges import BEYOND, LOWEST, effective_partition_key, range_of
from emulators.cosmos.request import json_body, partition_key, required_partition_key

PAGE = 100
MOST_ON_A_PAGE = 1_000
STRONG = frozenset({"Strong", "BoundedStaleness"})


@dataclass(slots=True)
class Consistency:
    """The account's level, and how many seconds its replicas lag behind (0: not at all).

    A lagging replica shows an item as it was before its last write, or not at all when that created it;
    a session token that has reached the write, or a strong read, shows it as it is.
    """

    account: str = "Strong"
    lag: float = 0.0

    def view(self, request: web.Request, container: Container) -> execution.Visible:
        """Give the function that shows an item to this request."""
        level = request.headers.get("x-ms-consistency-level", self.account)
        if not self.lag or level in STRONG:
            return lambda stored: stored.text(container)
        reached = _session(request.headers.get("x-ms-session-token", ""))
        behind = time.time() - self.lag

        def show(stored: Stored) -> str | None:
            if stored.written <= behind or stored.lsn <= reached.get(stored.range, 0):
                return stored.text(container)
            return stored.before

        return show


def _session(header: str) -> dict[str, int]:
    tokens = (token.partition(":") for token in header.split(",") if token)
    return {range_: int(token.rpartition("#")[2]) for range_, _, token in tokens}


def read(
    db: sqlite3.Connection, container: Container, request: web.Request, id_: str, see: Consistency
) -> web.Response:
    """Read one item; 304 when its etag is the one that the reader has."""
    stored = items.existing(db, container, required_partition_key(request), id_)
    if request.headers.get("If-None-Match") == stored.etag:
        return answer(304, None, {"etag": stored.etag}, charge.NOTHING_NEW)
    shown = see.view(request, container)(stored)
    if shown is None:
        raise CosmosError(404, f"There is no item {id_!r} (yet, on this replica).")
    headers = {"etag": stored.etag, **range_headers(db, container, stored.range)}
    return answer(200, shown, headers, charge.read(len(stored.body)))


async def query(
    db: sqlite3.Connection, container: Container, request: web.Request, see: Consistency
) -> web.Response:
    """Run a query over a partition, a range or everything."""
    text, parameters = await _query_of(request)
    headers = request.headers
    pk, range_ = partition_key(request), headers.get("x-ms-documentdb-partitionkeyrangeid")
    asked = Asked(
        text=text,
        parameters=parameters,
        size=_page_size(request),
        continuation=headers.get("x-ms-continuation"),
    )
    scope = Scope(container, pk=pk, range=range_)
    found = execution.run(db, scope, asked, see.view(request, container))
    body = f'{{"_rid":{json.dumps(container.rid)},"Documents":[{",".join(found.results)}],"_count":'
    place = range_ or (range_of(effective_partition_key(pk), container.ranges) if pk else "0")
    more = {"x-ms-continuation": found.continuation} if found.continuation else {}
    return answer(
        200,
        f"{body}{len(found.results)}}}",
        {**more, **range_headers(db, container, place)},
        charge.query(found.looked_at),
    )


async def plan(db: sqlite3.Connection, container: Container, request: web.Request) -> web.Response:
    """Tell how to ask each physical range, and how to merge what they answer."""
    made = query_plan(*await _query_of(request))
    return answer(200, json.dumps(made), range_headers(db, container, "0"), charge.NOTHING_NEW)


async def _query_of(request: web.Request) -> tuple[str, dict[str, Any]]:
    given = await json_body(request)
    return given["query"], {p["name"]: p["value"] for p in given.get("parameters") or []}


def feed(db: sqlite3.Connection, container: Container, request: web.Request) -> web.Response:
    """Give what is new in a range, or 304; the etag is where to go on."""
    headers = request.headers
    range_ = headers.get("x-ms-documentdb-partitionkeyrangeid")
    first, beyond = headers.get("x-ms-start-epk", LOWEST), headers.get("x-ms-end-epk", BEYOND)
    pk = partition_key(request)
    if pk is not None:
        first = effective_partition_key(pk)
        beyond = f"{first}0"
    if range_ is None:
        range_ = range_of(first or "00", container.ranges)
    after = _position(db, container, range_, headers.get("If-None-Match"))
    found, reached = change_feed.page(
        db, container, Slice(range_, after, first, beyond, _page_size(request))
    )
    place = {"etag": f'"{reached}"', **range_headers(db, container, range_)}
    if not found:
        return answer(304, None, place, charge.NOTHING_NEW)
    documents = ",".join(change_feed.with_lsn(stored, container) for stored in found)
    text = f'{{"_rid":{json.dumps(container.rid)},"Documents":[{documents}],"_count":{len(found)}}}'
    return answer(200, text, place, charge.feed(len(found)))


def _position(db: sqlite3.Connection, container: Container, range_: str, etag: str | None) -> int:
    if etag is None:
        return 0
    if etag == "*":
        return change_feed.current_lsn(db, container, range_)
    return int(etag.strip('"'))


def _page_size(request: web.Request) -> int:
    asked = int(request.headers.get("x-ms-max-item-count", PAGE))
    return asked if 0 < asked <= MOST_ON_A_PAGE else MOST_ON_A_PAGE
