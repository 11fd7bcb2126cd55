"""Writes: one item or one transactional batch, each acknowledged after its commit."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from aiohttp import web

from emulators.cosmos import batch, charge, items
from emulators.cosmos.answers import answer, range_headers
from emulators.cosmos.batch import BatchFailedError
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import Done
from emulators.cosmos.request import json_body, required_partition_key
from emulators.database import Database

type Write = Callable[[sqlite3.Connection], Done]


async def write(
    database: Database, container: Container, request: web.Request, kind: str, id_: str
) -> web.Response:
    """Create, upsert, replace or delete an item."""
    if kind == "patch":
        raise unsupported("patch")
    pk = required_partition_key(request)
    item = await json_body(request) if kind != "delete" else {"id": id_}
    if kind == "replace" and item.get("id") != id_:
        raise CosmosError(400, "The id of the item is not the one of the URL.")
    done = await database.write(_work(container, pk, kind, item, request))
    return _answer(database.reader, container, request, done)


async def write_batch(
    database: Database, container: Container, request: web.Request
) -> web.Response:
    """Carry out a transactional batch: 200, or 207 when it failed as a whole."""
    pk = required_partition_key(request)
    size = len(await request.read())
    operations: list[dict[str, Any]] = await json_body(request)
    try:
        results = await database.write(lambda db: batch.run(db, container, pk, operations, size))
    except BatchFailedError as failed:
        return answer(207, json.dumps(failed.results), {}, charge.FAILURE)
    place = range_headers(database.reader, container, items.range_of_key(container, pk))
    cost = sum(result["requestCharge"] for result in results)
    return answer(200, json.dumps(results), place, cost)


def _work(
    container: Container, pk: str, kind: str, item: dict[str, Any], request: web.Request
) -> Write:
    if_match, if_none_match = (request.headers.get(h) for h in ("If-Match", "If-None-Match"))

    def work(db: sqlite3.Connection) -> Done:
        stored = items.find(db, container, pk, str(item.get("id", "")))
        items.check_etag(stored, if_match, if_none_match)
        if kind == "delete":
            return items.delete(db, container, pk, item["id"])
        lsn = items.next_lsn(db, container, pk)
        carry_out = {"create": items.create, "upsert": items.upsert, "replace": items.replace}
        return carry_out[kind](db, container, pk, item, lsn)

    return work


def _answer(
    db: sqlite3.Connection, container: Container, request: web.Request, done: Done
) -> web.Response:
    stored = done.stored
    if stored is None:
        return answer(done.status, None, {}, done.charge)
    headers = {"etag": stored.etag, **range_headers(db, container, stored.range)}
    silent = request.headers.get("Prefer") == "return=minimal"
    return answer(done.status, None if silent else stored.text(container), headers, done.charge)
