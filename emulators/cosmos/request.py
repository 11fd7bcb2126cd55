"""What a request asks for, read from its path and headers."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from emulators.cosmos.errors import CosmosError

TYPES = ("dbs", "colls", "docs")


@dataclass(frozen=True, slots=True)
class Resource:
    """A place in the account; the signature covers its type and link."""

    type: str
    link: str
    database: str = ""
    container: str = ""
    item: str = ""


def resource(raw_path: str) -> Resource:
    """Read a path: `/dbs/d/colls/c/docs/i`, or any beginning of it."""
    parts = [unquote(part) for part in raw_path.strip("/").split("/") if part]
    types, names = parts[0::2], parts[1::2]
    known = [*TYPES[: len(types) - 1], types[-1] if types else ""]
    if types and (types != known or types[-1] not in {*TYPES, "pkranges"}):
        raise CosmosError(404, f"There is nothing at {raw_path!r}.")
    whole = len(types) == len(names)
    link = "/".join(parts if whole else parts[:-1])
    named = dict(zip(types, names, strict=False))
    return Resource(
        type=types[-1] if types else "",
        link=link,
        database=named.get("dbs", ""),
        container=named.get("colls", ""),
        item=named.get("docs", ""),
    )


def operation(request: web.Request, asked: Resource) -> str:
    """Name what is asked for, in the words that fault rules use."""
    headers = request.headers
    if asked.type != "docs":
        return "metadata"
    if request.method == "POST":
        if headers.get("x-ms-cosmos-is-query-plan-request"):
            return "query-plan"
        if headers.get("x-ms-documentdb-isquery"):
            return "query"
        if headers.get("x-ms-cosmos-is-batch-request"):
            return "batch"
        return "upsert" if headers.get("x-ms-documentdb-is-upsert") else "create"
    if request.method == "GET" and "A-IM" in headers:
        return "change-feed"
    names = {"GET": "read", "PUT": "replace", "DELETE": "delete", "PATCH": "patch"}
    return names.get(request.method, request.method.lower())


def partition_key(request: web.Request) -> str | None:
    """Read the partition key header as JSON of the one value; None when there is none."""
    header = request.headers.get("x-ms-documentdb-partitionkey")
    if header is None:
        return None
    values = json.loads(header)
    return json.dumps(values[0] if values else None)


def required_partition_key(request: web.Request) -> str:
    """Read the partition key; 400 when there is none."""
    pk = partition_key(request)
    if pk is None:
        raise CosmosError(400, "The header x-ms-documentdb-partitionkey is missing.")
    return pk


async def json_body(request: web.Request) -> Any:  # noqa: ANN401 - JSON
    """Read the body as JSON; 400 when it is none."""
    try:
        return json.loads(await request.read(), parse_constant=_refuse)
    except ValueError as error:
        raise CosmosError(400, f"The body is not JSON: {error}") from None


def _refuse(constant: str) -> None:
    # Python would read NaN and Infinity, which no JSON has (RFC 8259, section 6).
    raise ValueError(f"{constant} is no number")
