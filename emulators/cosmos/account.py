"""The account, its databases, its containers and their physical ranges."""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from emulators.cosmos import containers
from emulators.cosmos.answers import answer, json_answer
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.request import Resource, json_body
from emulators.database import Database

if TYPE_CHECKING:
    from emulators.cosmos.reads import Consistency


async def handle(
    request: web.Request, asked: Resource, database: Database, ranges: int, see: "Consistency"
) -> web.Response:
    """Answer what is not about items."""
    match request.method, asked.type, bool(asked.container), bool(asked.database):
        case "GET", "", _, _:
            return json_answer(200, _account(see.account))
        case "POST", "dbs", _, False:
            given = await json_body(request)
            made = await database.write(lambda db: containers.create_database(db, given["id"]))
            return json_answer(201, made)
        case "GET", "dbs", _, True:
            return json_answer(200, containers.find_database(database.reader, asked.database))
        case "POST", "colls", False, _:
            given = await json_body(request)
            made = await database.write(
                lambda db: containers.create_container(db, asked.database, given, ranges)
            )
            return json_answer(201, made)
        case "GET", "colls", False, _:
            found = containers.list_containers(database.reader, asked.database)
            return json_answer(200, {"DocumentCollections": found, "_count": len(found)})
        case method, type_, True, _:
            return await _container(request, asked, database, method, type_)
        case method, type_, _, _:
            raise CosmosError(405, f"The emulator does not support {method} of {type_!r}.")


async def _container(
    request: web.Request, asked: Resource, database: Database, method: str, type_: str
) -> web.Response:
    container = containers.find_container(database.reader, asked.database, asked.container)
    if (method, type_) == ("GET", "colls"):
        return json_answer(200, container.body)
    if (method, type_) == ("DELETE", "colls"):
        await database.write(lambda db: containers.delete_container(db, container.number))
        return answer(204, None)
    if (method, type_) == ("GET", "pkranges"):
        return _ranges(request, database, container)
    raise CosmosError(405, f"The emulator does not support {method} of {type_!r}.")


def _ranges(
    request: web.Request, database: Database, container: containers.Container
) -> web.Response:
    etag = '"1"'
    if request.headers.get("If-None-Match") == etag:
        return answer(304, None, {"etag": etag})
    rows = database.reader.execute(
        "SELECT id, lo, hi FROM ranges WHERE container = ? ORDER BY lo", (container.number,)
    )
    found = [
        {
            "id": id_,
            "minInclusive": low,
            "maxExclusive": high,
            "parents": [],
            "status": "online",
            "_rid": container.rid,
        }
        for id_, low, high in rows
    ]
    body = {"_rid": container.rid, "PartitionKeyRanges": found, "_count": len(found)}
    return answer(200, json.dumps(body), {"etag": etag})


def _account(level: str) -> dict[str, Any]:
    return {
        "id": "onewrite",
        "_self": "",
        "userConsistencyPolicy": {"defaultConsistencyLevel": level},
        "enableMultipleWriteLocations": False,
    }
