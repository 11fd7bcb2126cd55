"""Reads: point reads and queries, each as consistent as it asks to be."""

import json
import sqlite3
import time

from aiohttp import web

from emulators.cosmos import charge, items, words
from emulators.cosmos.answers import answer, range_headers
from emulators.cosmos.consistency import Consistency
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.partition_keys import key_text
from emulators.cosmos.query import execution
from emulators.cosmos.query.execution import Asked
from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.plan import query_plan
from emulators.cosmos.query.prefilter import pinned
from emulators.cosmos.query.resuming import read_resume
from emulators.cosmos.ranges import effective_partition_key
from emulators.cosmos.request import (
    page_size,
    partition_key,
    query_body,
    required_partition_key,
    resume_filter,
    says,
)
from emulators.cosmos.scope import Scope, read_scope


def read(
    db: sqlite3.Connection, container: Container, request: web.Request, id_: str, see: Consistency
) -> web.Response:
    """Read one item; 304 when its etag is the one that the reader has."""
    view = see.view(db, request, container)
    stored = items.existing(db, container, required_partition_key(request), id_)
    if request.headers.get("If-None-Match") == stored.etag:
        return answer(304, None, {"etag": stored.etag}, charge.NOTHING_NEW)
    shown = view(stored)
    if shown is None:
        raise CosmosError(404, words.NO_ENTITY, hint="not yet, on this replica")
    headers = {"etag": stored.etag, **range_headers(db, container, stored.range)}
    return answer(200, shown, headers, charge.read(len(stored.body)))


async def query(
    db: sqlite3.Connection, container: Container, request: web.Request, see: Consistency
) -> web.Response:
    """Run a query over a partition, a range or everything."""
    started = time.perf_counter()
    text, parameters = await query_body(request)
    scope = read_scope(db, container, request, partition_key(request))
    if not scope.is_single and request.method == "POST":
        value = pinned(parse(text), container.path, parameters)
        if value is not None:
            scope = Scope(container, pk=key_text(value[0]))
        elif not says(request, "x-ms-documentdb-query-enablecrosspartition"):
            raise CosmosError(
                400,
                "Cross partition query is required but disabled. Please set"
                " x-ms-documentdb-query-enablecrosspartition to true, specify"
                " x-ms-documentdb-partitionkey, or revise your query to avoid this exception.",
            )
    asked = Asked(
        text=text,
        parameters=parameters,
        size=page_size(request),
        continuation=request.headers.get("x-ms-continuation"),
        resume=read_resume(await resume_filter(request)),
    )
    found = execution.run(db, scope, asked, see.view(db, request, container))
    headers = {
        "x-ms-item-count": str(len(found.results)),
        **({"x-ms-continuation": found.continuation} if found.continuation else {}),
        **range_headers(db, container, _place(scope)),
    }
    if says(request, "x-ms-documentdb-populatequerymetrics"):
        headers["x-ms-documentdb-query-metrics"] = _metrics(found, time.perf_counter() - started)
    body = f'{{"_rid":{json.dumps(container.rid)},"Documents":[{",".join(found.results)}],"_count":'
    return answer(200, f"{body}{len(found.results)}}}", headers, charge.query(found.looked_at))


async def plan(db: sqlite3.Connection, container: Container, request: web.Request) -> web.Response:
    """Tell how to ask each physical range, and how to merge what they answer."""
    header = request.headers.get("x-ms-cosmos-supported-query-features")
    features = None if header is None else frozenset(one.strip() for one in header.split(","))
    made = query_plan(*await query_body(request), features)
    return answer(
        200,
        json.dumps(made),
        range_headers(db, container, container.ranges.ids[0]),
        charge.NOTHING_NEW,
    )


def _place(scope: Scope) -> str:
    if scope.pk is not None:
        return scope.container.ranges.holding(effective_partition_key(scope.pk))
    return scope.range or scope.container.ranges.ids[0]


def _metrics(found: execution.Page, seconds: float) -> str:
    size, count = sum(map(len, found.results)), len(found.results)
    took = f"{seconds * 1000:.2f}"
    used = min(count / found.retrieved, 1) if found.retrieved else 1
    return ";".join(
        (
            f"totalExecutionTimeInMs={took}",
            "queryCompileTimeInMs=0.00;queryLogicalPlanBuildTimeInMs=0.00",
            "queryPhysicalPlanBuildTimeInMs=0.00;queryOptimizationTimeInMs=0.00",
            f"VMExecutionTimeInMs={took};indexLookupTimeInMs=0.00;documentLoadTimeInMs={took}",
            "systemFunctionExecuteTimeInMs=0.00;userFunctionExecuteTimeInMs=0.00",
            f"retrievedDocumentCount={found.retrieved}",
            f"retrievedDocumentSize={size if found.retrieved else 0}",
            f"outputDocumentCount={count};outputDocumentSize={size}",
            "writeOutputTimeInMs=0.00",
            f"indexUtilizationRatio={used:.2f}",
        )
    )
