"""What a request asks for, read from its path and headers."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from emulators.cosmos import words
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.json_text import read_object
from emulators.cosmos.partition_keys import key_in, too_few

PATHS = (
    (),
    ("dbs",),
    ("dbs", "colls"),
    ("dbs", "colls", "docs"),
    ("dbs", "colls", "pkranges"),
    ("offers",),
)
UNSUPPORTED = {
    "sprocs": "stored procedures",
    "triggers": "triggers",
    "udfs": "user-defined functions",
    "users": "users",
    "permissions": "permissions",
    "conflicts": "conflicts",
    "attachments": "attachments",
    "clientencryptionkeys": "client encryption keys",
    "operations": "other operations than the deletion of a partition key",
    "schemas": "schemas",
}
# Headers that would change what happens, if they were not refused.
REFUSED = {
    "x-ms-offer-type": "performance levels (S1 to S3)",
    "x-ms-cosmos-migrate-offer-to-autopilot": "a change from manual throughput to autoscale",
    "x-ms-cosmos-migrate-offer-to-manual-throughput": "a change from autoscale to manual throughput",
    "x-ms-documentdb-pre-trigger-include": "triggers",
    "x-ms-documentdb-post-trigger-include": "triggers",
    "x-ms-cosmos-populateindexmetrics": "index metrics",
    "x-ms-cosmos-populateindexmetrics-v2": "index metrics",
    "x-ms-cosmos-populatequeryadvice": "query advice",
    "x-ms-documentdb-populatepartitionstatistics": "statistics of physical partitions",
}
KEY_DELETION = ["operations", "partitionkeydelete"]
PAGE = 100
MOST_ON_A_PAGE = 1_000  # guessed
LONGEST_WAIT = 60.0
_WAIT = re.compile(r"\bwait=(\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class Resource:
    """A place in the account; the signature covers its type and link.

    A container may stand for all items of a partition key.
    """

    type: str
    link: str
    database: str = ""
    container: str = ""
    item: str = ""
    whole_key: bool = False


def resource(raw_path: str) -> Resource:
    """Read a path: `/dbs/d/colls/c/docs/i`, or any beginning of it; 501 names what has another end."""
    parts = [unquote(part) for part in raw_path.strip("/").split("/") if part]
    if whole_key := parts[4:] == KEY_DELETION:
        parts = parts[:4]
    types, names = tuple(parts[0::2]), parts[1::2]
    link = "/".join(parts if len(types) == len(names) else parts[:-1])
    other = next((one for one in reversed(types) if one in UNSUPPORTED), None)
    if types not in PATHS and other is None:
        raise CosmosError(404, f"There is nothing at {raw_path!r}.")
    named = dict(zip(types, names, strict=False))
    return Resource(
        type=other or (types[-1] if types else ""),
        link=link,
        database=named.get("dbs", ""),
        container=named.get("colls", ""),
        item=named.get("docs") or named.get("offers", ""),
        whole_key=whole_key,
    )


def check_supported(request: web.Request, asked: Resource) -> None:
    """Raise 501 for what is asked for and not supported."""
    if asked.type in UNSUPPORTED:
        raise unsupported(UNSUPPORTED[asked.type])
    for header, what in REFUSED.items():
        if request.headers.get(header, "false").lower() != "false":
            raise unsupported(what)
    if request.headers.get("x-ms-indexing-directive", "default").lower() == "exclude":
        raise unsupported("items without an index")


def operation(request: web.Request, asked: Resource) -> str:
    """Name what is asked for, in the words that fault rules use."""
    if asked.whole_key:
        return "delete"
    if asked.type != "docs":
        return "metadata"
    if request.method == "POST":
        if says(request, "x-ms-cosmos-is-query-plan-request"):
            return "query-plan"
        if is_query(request):
            return "query"
        if says(request, "x-ms-cosmos-is-batch-request"):
            return "batch"
        return "upsert" if says(request, "x-ms-documentdb-is-upsert") else "create"
    if request.method == "GET" and not asked.item:
        return "change-feed" if "A-IM" in request.headers else "query"
    names = {"GET": "read", "PUT": "replace", "DELETE": "delete", "PATCH": "patch"}
    return names.get(request.method, request.method.lower())


def is_query(request: web.Request) -> bool:
    """Tell whether a POST asks instead of creating."""
    if says(request, "x-ms-documentdb-isquery"):
        return True
    return request.content_type in {"application/query+json", "application/sql"}


def says(request: web.Request, header: str) -> bool:
    """Tell whether a header is there and true."""
    return request.headers.get(header, "").lower() == "true"


def partition_key(request: web.Request) -> str | None:
    """Read the partition key header as JSON of the one value; None when there is none."""
    header = request.headers.get("x-ms-documentdb-partitionkey")
    return None if header is None else key_in(header)


def range_header(request: web.Request) -> str | None:
    """Read which range is asked for by its id; None when none is."""
    header = request.headers.get("x-ms-documentdb-partitionkeyrangeid")
    # Some clients write the id of the container before that of the range.
    return None if header is None else header.rpartition(",")[2]


def required_partition_key(request: web.Request) -> str:
    """Read the partition key; 400 when there is none."""
    pk = partition_key(request)
    if pk is None:
        raise too_few()
    return pk


def page_size(request: web.Request) -> int:
    """Read how many results a page may have; -1 leaves it to the service."""
    header = request.headers.get("x-ms-max-item-count", str(PAGE))
    try:
        asked = int(header)
    except ValueError:
        asked = -2
    if asked < -1:
        raise CosmosError(400, words.bad_page_size(header))
    return asked if 0 < asked <= MOST_ON_A_PAGE else MOST_ON_A_PAGE


def patience(request: web.Request) -> float:
    """Read how many seconds a client prefers to wait for something new (RFC 7240), if it says behind what."""
    asked = _WAIT.search(request.headers.get("Prefer", ""))
    if asked is None or request.headers.get("If-None-Match") == "*":
        return 0.0
    return min(float(asked[1]), LONGEST_WAIT)


async def object_body(request: web.Request) -> dict[str, Any]:
    """Read the body as a JSON object; 400 when it is none."""
    return read_object(await request.read())


async def resume_filter(request: web.Request) -> Any:  # noqa: ANN401 - JSON
    """Read where a client wants to go on, if it says so in the body."""
    body = await request.read()
    return read_object(body).get("resumeFilter") if b'"resumeFilter"' in body else None


async def query_body(request: web.Request) -> tuple[str, dict[str, Any]]:
    """Read a query and its parameters; without a body, everything is asked for."""
    if request.method == "GET":
        return "SELECT * FROM c", {}
    if request.content_type == "application/sql":
        return (await request.text()), {}
    given = await object_body(request)
    text, parameters = given.get("query"), given.get("parameters") or []
    named = isinstance(parameters, list) and all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in parameters
    )
    if not isinstance(text, str) or not named:
        raise CosmosError(400, "A query is a text, and its parameters have names and values.")
    return text, {one["name"]: one.get("value") for one in parameters}
