"""Writes: one item or one transactional batch, each acknowledged after its commit."""

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from emulators.cosmos import batch, charge, items, words
from emulators.cosmos.answers import answer, range_headers
from emulators.cosmos.batch import BatchFailedError
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import Done
from emulators.cosmos.request import object_body, required_partition_key, says
from emulators.database import Database

HYBRID_ROW = b"\x81"
FIRST_ERROR = 400

type Write = Callable[[sqlite3.Connection], Done]


async def write(
    database: Database, container: Container, request: web.Request, kind: str, id_: str
) -> web.Response:
    """Create, upsert, replace or delete an item."""
    if kind == "patch":
        raise unsupported("patch")
    pk = required_partition_key(request)
    item = await object_body(request) if kind != "delete" else {"id": id_}
    named = id_ if kind in {"replace", "delete"} else str(item.get("id", ""))
    done = await database.write(_work(container, pk, kind, item, request, id_=named))
    return _answer(database.reader, container, request, done)


async def delete_key(
    database: Database, container: Container, request: web.Request
) -> web.Response:
    """Delete all items of a partition key."""
    if request.method != "POST":
        raise CosmosError(405, words.NO_SUCH_VERB)
    pk = required_partition_key(request)
    done = await database.write(lambda db: items.delete_key(db, container, pk))
    return _answer(database.reader, container, request, done)


async def write_batch(
    database: Database, container: Container, request: web.Request
) -> web.Response:
    """Carry out a transactional batch: 200, or 207 when it failed as a whole; or operations one by one."""
    data = await request.read()
    if data[:1] == HYBRID_ROW:
        raise unsupported("batches in the HybridRow format, which .NET writes")
    operations = batch.read_operations(data)
    if not says(request, "x-ms-cosmos-batch-atomic"):
        goes_on = says(request, "x-ms-cosmos-batch-continue-on-error")
        single = await _one_by_one(database, container, operations, goes_on=goes_on)
        statuses = {result["statusCode"] for result in single}
        return answer(200 if max(statuses) < FIRST_ERROR else 207, json.dumps(single), {}, 1.0)
    pk = required_partition_key(request)
    try:
        results = await database.write(lambda db: batch.run(db, container, pk, operations))
    except BatchFailedError as failed:
        return answer(207, json.dumps(failed.results), {}, charge.FAILURE)
    place = range_headers(database.reader, container, items.range_of_key(container, pk))
    cost = sum(result["requestCharge"] for result in results)
    return answer(200, json.dumps(results), place, cost)


async def _one_by_one(
    database: Database, container: Container, operations: list[dict[str, Any]], *, goes_on: bool
) -> list[dict[str, Any]]:
    """Carry out each operation alone, as bulk clients ask; after a failure only if they go on."""
    results: list[dict[str, Any]] = []
    for operation in operations:
        if results and results[-1]["statusCode"] >= FIRST_ERROR and not goes_on:
            results.append({"statusCode": batch.FAILED_DEPENDENCY, "requestCharge": 0.0})
            continue
        try:
            pk = batch.key_of_operation(container, operation)
            work = partial(batch.run, container=container, pk=pk, operations=[operation])
            results += await database.write(work)
        except BatchFailedError as failed:
            results += failed.results
        except CosmosError as error:
            results.append({"statusCode": error.status, "requestCharge": charge.FAILURE})
    return results


def _work(
    container: Container,
    pk: str,
    kind: str,
    item: dict[str, Any],
    request: web.Request,
    *,
    id_: str,
) -> Write:
    if_match, if_none_match = (request.headers.get(h) for h in ("If-Match", "If-None-Match"))

    def work(db: sqlite3.Connection) -> Done:
        stored = items.find(db, container, pk, id_)
        items.check_etag(stored, if_match, if_none_match)
        if kind == "delete":
            items.next_lsn(db, container, pk)
            return items.delete(db, container, pk, id_)
        lsn = items.next_lsn(db, container, pk)
        if kind == "replace":
            return items.replace(db, container, pk, item, lsn, id_=id_)
        return (items.create if kind == "create" else items.upsert)(db, container, pk, item, lsn)

    return work


def _answer(
    db: sqlite3.Connection, container: Container, request: web.Request, done: Done
) -> web.Response:
    stored = done.stored
    if stored is None:
        return answer(done.status, None, range_headers(db, container, done.range), done.charge)
    headers = {"etag": stored.etag, **range_headers(db, container, stored.range)}
    silent = request.headers.get("Prefer") == "return=minimal"
    return answer(done.status, None if silent else stored.text(container), headers, done.charge)
