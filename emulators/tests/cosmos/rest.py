"""Requests that a test writes itself, header by header, signed as the documentation says."""

import base64
import hmac
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, unquote

import aiohttp
from yarl import URL

from emulators.cosmos.authorization import KEY

DOCS = "/dbs/d/colls/c/docs"
PK = {"paths": ["/pk"], "kind": "Hash"}
QUERY = {
    "x-ms-documentdb-isquery": "True",
    "content-type": "application/query+json",
    "x-ms-documentdb-query-enablecrosspartition": "True",
}


@dataclass(frozen=True)
class Answer:
    """What the emulator said."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None

    @property
    def substatus(self) -> int:
        return int(self.headers.get("x-ms-substatus", 0))

    @property
    def message(self) -> str:
        """What the service says, without the line of ids and hints behind it."""
        text: str = self.body["message"]
        return text.partition("\r\n")[0]


@dataclass(frozen=True)
class Rest:
    """A client of one account."""

    http: aiohttp.ClientSession
    url: str

    async def ask(
        self, method: str, path: str, body: Any = None, *, by_rid: bool = False, **more: Any
    ) -> Answer:
        """Send a request; `headers` are added to those of the signature, or take their place."""
        date = format_datetime(datetime.now(UTC) + more.get("late", timedelta()), usegmt=True)
        headers = {"x-ms-date": date, "authorization": _sign(method, path, date, by_rid=by_rid)}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.http.request(
            method,
            URL(f"{self.url}{path}", encoded=True),
            data=None if body is None else io.BytesIO(data),
            headers={**headers, **more.get("headers", {})},
            skip_auto_headers=("content-type", "accept"),
        ) as response:
            return Answer(response.status, response.headers, await response.text())

    async def query(self, path: str, text: str, **more: Any) -> Answer:
        """Ask a query over all partitions."""
        headers = {**QUERY, **more.pop("headers", {})}
        return await self.ask("POST", path, {"query": text, **more}, headers=headers)


def key(*values: Any) -> dict[str, str]:
    """Name a partition key."""
    return {"x-ms-documentdb-partitionkey": json.dumps(values)}


def _sign(method: str, path: str, date: str, *, by_rid: bool) -> str:
    # A deletion of all items of a key is signed as if it were about the container.
    path = path.removesuffix("/operations/partitionkeydelete")
    parts = [unquote(part) for part in path.strip("/").split("/") if part]
    whole = len(parts) % 2 == 0
    kind = (parts[-2] if whole else parts[-1]) if parts else ""
    link = "/".join(parts if whole else parts[:-1])
    if by_rid:
        link = link.rpartition("/")[2].lower()
    text = f"{method.lower()}\n{kind}\n{link}\n{date.lower()}\n\n"
    signature = base64.b64encode(hmac.digest(base64.b64decode(KEY), text.encode(), "sha256"))
    return quote(f"type=master&ver=1.0&sig={signature.decode()}", safe="")


async def make(client: Rest, **settings: Any) -> Answer:
    """Make a container of the database `d`; without a word on its name, `c`."""
    defined = {"id": "c", "partitionKey": PK, **settings}
    return await client.ask("POST", "/dbs/d/colls", defined)


async def create(client: Rest, item: Any, *values: Any, **headers: str) -> Answer:
    """Create an item of `c`; without a word on its partition key, under `p`."""
    return await client.ask("POST", DOCS, item, headers={**key(*(values or ("p",))), **headers})


@asynccontextmanager
async def rest(port: int) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as http:
        yield Rest(http, f"http://127.0.0.1:{port}")
