"""The account, its databases, its containers and their physical ranges."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from emulators.cosmos import containers, offers, words
from emulators.cosmos.answers import answer, json_answer
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.offers import Throughput
from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.rows import Rows
from emulators.cosmos.repartitioning import ancestors_of, newest, ranges_of
from emulators.cosmos.request import Resource, is_query, object_body, page_size, query_body
from emulators.database import Database

if TYPE_CHECKING:
    from emulators.cosmos.consistency import Consistency

NAME = "emulator"
REGION = "Loopback"
# How the service tells .NET that it plans queries itself; a JSON text within JSON.
ENGINE = {
    "maxSqlQueryInputLength": 262144,
    "maxJoinsPerSqlQuery": 5,
    "maxLogicalAndPerSqlQuery": 500,
    "maxLogicalOrPerSqlQuery": 500,
    "maxUdfRefPerSqlQuery": 10,
    "maxInExpressionItemsCount": 16000,
    "queryMaxInMemorySortDocumentCount": 500,
    "maxQueryRequestTimeoutFraction": 0.9,
    "sqlAllowNonFiniteNumbers": False,
    "sqlAllowAggregateFunctions": True,
    "sqlAllowSubQuery": False,
    "sqlAllowScalarSubQuery": False,
    "allowNewKeywords": True,
    "sqlAllowLike": True,
    "sqlAllowGroupByClause": True,
    "maxSpatialQueryCells": 12,
    "spatialMaxGeometryPointCount": 256,
    "sqlDisableQueryILOptimization": False,
    "sqlDisableFilterPlanOptimization": False,
    "sqlAllowTop": True,
    "enableSpatialIndexing": False,
}

# An index is whole as soon as its policy is there.
INDEXED = {"x-ms-documentdb-collection-index-transformation-progress": "100"}

type Handler = Callable[[], Awaitable[web.Response]]


async def handle(
    request: web.Request, asked: Resource, database: Database, ranges: int, see: "Consistency"
) -> web.Response:
    """Answer what is not about items."""
    if asked.type == "":
        if request.method != "GET":
            raise _not_allowed(request.method, "the account")
        return json_answer(200, _account(_origin(request), see.account))
    if asked.type == "dbs":
        return await _databases(request, asked, database)
    if asked.type == "offers":
        return await _offers(request, asked, database)
    if asked.type == "pkranges":
        if request.method != "GET":
            raise _not_allowed(request.method, "partition key ranges")
        return _ranges(request, database, _find(database, asked))
    return await _containers(request, asked, database, ranges)


async def _databases(request: web.Request, asked: Resource, database: Database) -> web.Response:
    name, reader = asked.database, database.reader
    match request.method, bool(name):
        case "POST", False if not is_query(request):
            given, throughput = await object_body(request), Throughput.of(request.headers)
            made = await database.write(
                lambda db: containers.create_database(db, given, throughput)
            )
            return json_answer(201, made)
        case (("GET" | "POST"), False):
            return await _listed(request, "Databases", containers.list_databases(reader), "")
        case "GET", True:
            return json_answer(200, containers.find_database(reader, name))
        case "DELETE", True:
            await database.write(lambda db: containers.delete_database(db, name))
            return answer(204, None)
    raise _not_allowed(request.method, "databases")


async def _containers(
    request: web.Request, asked: Resource, database: Database, ranges: int
) -> web.Response:
    match request.method, bool(asked.container):
        case "POST", False if not is_query(request):
            given, throughput = await object_body(request), Throughput.of(request.headers)
            made = await database.write(
                lambda db: containers.create_container(
                    db, asked.database, given, ranges, throughput
                )
            )
            return json_answer(201, made)
        case (("GET" | "POST"), False):
            rid = containers.find_database(database.reader, asked.database)["_rid"]
            found = containers.list_containers(database.reader, asked.database)
            return await _listed(request, "DocumentCollections", found, rid)
        case "GET", True:
            return json_answer(200, _find(database, asked).body, INDEXED)
        case "PUT", True:
            given, container = await object_body(request), _find(database, asked)
            changed = await database.write(
                lambda db: containers.replace_container(db, container, given)
            )
            return json_answer(200, changed)
        case "DELETE", True:
            number = _find(database, asked).number
            await database.write(lambda db: containers.delete_container(db, number))
            return answer(204, None)
    raise _not_allowed(request.method, "containers")


async def _offers(request: web.Request, asked: Resource, database: Database) -> web.Response:
    match request.method, bool(asked.item):
        case "GET", True:
            return json_answer(200, offers.find(database.reader, asked.item))
        case "PUT", True:
            given = await object_body(request)
            changed = await database.write(lambda db: offers.replace(db, asked.item, given))
            return json_answer(200, changed)
        case "GET", False:
            return await _listed(request, "Offers", offers.listed(database.reader), "")
        case "POST", False if is_query(request):
            return await _listed(request, "Offers", offers.listed(database.reader), "")
    raise _not_allowed(request.method, "throughput (offers)")


def _find(database: Database, asked: Resource) -> containers.Container:
    return containers.find_container(database.reader, asked.database, asked.container)


def _not_allowed(method: str, what: str) -> CosmosError:
    return CosmosError(405, words.NO_SUCH_VERB, hint=f"{method} of {what}")


async def _listed(
    request: web.Request, name: str, found: list[dict[str, Any]], rid: str
) -> web.Response:
    """Answer with a page of what there is, or of what a query chooses of it."""
    text, parameters = await query_body(request)
    query = parse(text)
    if query.order_by:
        raise unsupported("ORDER BY over databases or containers")
    rows = Rows(query, parameters)
    matching = ((row, json.dumps(one), None) for one in found for row in rows.of(one))
    window = rows.window()
    results = [result.text for result in rows.results(matching)][window.start : window.stop]
    size, begin = page_size(request), _place(request.headers.get("x-ms-continuation"))
    page = results[begin : begin + size]
    more = {"x-ms-continuation": str(begin + size)} if len(results) > begin + size else {}
    body = f'{{"_rid":{json.dumps(rid)},"{name}":[{",".join(page)}],"_count":{len(page)}}}'
    return answer(200, body, {**more, "x-ms-item-count": str(len(page))}, charge=1.0)


def _place(continuation: str | None) -> int:
    if continuation is None:
        return 0
    if not continuation.isdecimal():
        raise CosmosError(400, words.BAD_CONTINUATION)
    return int(continuation)


def _ranges(
    request: web.Request, database: Database, container: containers.Container
) -> web.Response:
    db, known = database.reader, request.headers.get("If-None-Match", "").strip('"')
    last = newest(db, container.number)
    etag = f'"{last}"'
    if known == str(last):
        return answer(304, None, {"etag": etag})
    # As a feed: whoever knows some ranges is told of those that have come since.
    behind = int(known) if known.isdecimal() else -1
    found = [
        {
            "id": id_,
            "minInclusive": first,
            "maxExclusive": beyond,
            "parents": ancestors_of(db, container.number, id_),
            "status": "online",
            "_rid": container.rid,
        }
        for id_, first, beyond in ranges_of(db, container.number)
        if int(id_) > behind
    ]
    body = {"_rid": container.rid, "PartitionKeyRanges": found, "_count": len(found)}
    return answer(200, json.dumps(body), {"etag": etag, "x-ms-item-count": str(len(found))})


def _origin(request: web.Request) -> str:
    """Give the URL of the region, as the client can reach it."""
    # SDKs send the token of an identity over TLS only: somebody in front of the emulator speaks it.
    by_token = unquote(request.headers.get("authorization", "")).startswith("type=aad")
    origin = request.url.origin().with_scheme("https" if by_token else request.url.scheme)
    # A region has an address of its own, as that of the official emulator: clients must go on there.
    return str(origin.with_host("127.0.0.1") if origin.host == "localhost" else origin)


def _account(url: str, level: str) -> dict[str, Any]:
    location = [{"name": REGION, "databaseAccountEndpoint": f"{url}/"}]
    return {
        "id": NAME,
        "_rid": f"{NAME}.documents.azure.com",
        "_self": "",
        "media": "//media/",
        "addresses": "//addresses/",
        "_dbs": "//dbs/",
        "writableLocations": location,
        "readableLocations": location,
        "enableMultipleWriteLocations": False,
        "userReplicationPolicy": {
            "asyncReplication": False,
            "minReplicaSetSize": 1,
            "maxReplicasetSize": 4,
        },
        "userConsistencyPolicy": {"defaultConsistencyLevel": level},
        "systemReplicationPolicy": {"minReplicaSetSize": 1, "maxReplicasetSize": 4},
        "readPolicy": {"primaryReadCoefficient": 1, "secondaryReadCoefficient": 1},
        "queryEngineConfiguration": json.dumps(ENGINE),
    }
