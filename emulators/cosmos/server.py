"""The HTTP side: authorize, strike with a fault if one is due, dispatch."""

import asyncio
import contextlib
import socket
import sqlite3
import ssl
import struct
import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from emulators.cosmos import account, described, feeds, reads, words, writes
from emulators.cosmos.answers import error_answer
from emulators.cosmos.authorization import authorize
from emulators.cosmos.consistency import Consistency
from emulators.cosmos.containers import SCHEMA, Container, find_container
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.expiry import expire
from emulators.cosmos.links import by_name
from emulators.cosmos.news import News
from emulators.cosmos.ranges import effective_partition_key
from emulators.cosmos.repartitioning import merge, split
from emulators.cosmos.request import (
    Resource,
    check_supported,
    operation,
    partition_key,
    patience,
    range_header,
    resource,
)
from emulators.database import Database
from emulators.faults import Faults, Rule

RESET = struct.pack("ii", 1, 0)
STALE_CONTAINER = 1024
LARGEST_REQUEST = 2 * 1024 * 1024
READS = frozenset({"query", "read", "change-feed", "query-plan"})
NOTHING_NEW = 304

type Change = Callable[[sqlite3.Connection, int, str | None], None]


class CosmosServer:
    """One account on one port."""

    def __init__(
        self,
        state: Path,
        faults: Faults,
        ranges: int = 4,
        level: str = "Strong",
        token: str | None = None,
    ) -> None:
        self.consistency = Consistency(level)
        self._database = Database(state / "cosmos.sqlite", SCHEMA)
        self._faults = faults
        self._ranges = ranges
        self._token = token
        self._known: dict[tuple[str, str], Container] = {}
        self._news = News()

    async def serve(
        self, port: int, tls: ssl.SSLContext | None = None
    ) -> tuple[web.AppRunner, int]:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_route("*", r"/{path:[\s\S]*}", self._handle)
        app.on_shutdown.append(self._end_waits)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        listener = socket.create_server(("127.0.0.1", port), backlog=512)
        await web.SockSite(runner, listener, ssl_context=tls).start()
        return runner, listener.getsockname()[1]

    async def make(self, names: Mapping[str, Any]) -> None:
        """Create what is described and missing; raises DescriptionError."""
        await self._database.write(lambda db: described.make(db, names, self._ranges))

    def close(self) -> None:
        """Close the store."""
        self._database.close()

    async def _end_waits(self, _: web.Application) -> None:
        self._news.end()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        activity = request.headers.get("x-ms-activity-id") or str(uuid.uuid4())
        try:
            answered = await self._served(request)
        except CosmosError as error:
            answered = error_answer(error, activity)
        answered.headers["x-ms-activity-id"] = activity
        answered.headers["Content-Location"] = str(request.url)
        return answered

    async def _served(self, request: web.Request) -> web.StreamResponse:
        named = resource(request.rel_url.raw_path)
        # Some of what is refused is signed in ways of its own, so that it is refused first.
        check_supported(request, named)
        authorize(request, named, self._token)
        asked = by_name(self._database.reader, named)
        # Whole before any fault: what is struck has arrived, and may still be carried out.
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise CosmosError(413, words.TOO_LARGE) from None
        kind = operation(request, asked)
        rule = self._faults.choose("cosmos", kind, asked.container, body)
        if rule is not None:
            return await self._struck(request, asked, kind, rule)
        return await self._answered(request, asked, kind)

    async def _struck(
        self, request: web.Request, asked: Resource, kind: str, rule: Rule
    ) -> web.StreamResponse:
        match rule.fault:
            case "split" | "merge":
                # Whoever asked for what is gone now is told so.
                await self._repartition(request, asked, split if rule.fault == "split" else merge)
                return await self._answered(request, asked, kind)
            case "throttle":
                wait = round(rule.seconds * 1000)
                raise CosmosError(429, words.FAULTS[429], 3200, retry_after_ms=wait)
            case "503" | "410" | "449" | "408" | "413":
                status = int(rule.fault)
                raise CosmosError(status, words.FAULTS[status], hint="a fault was asked for")
            case "drop-before" | "reset-before":
                return _hang_up(request, reset=rule.fault == "reset-before")
            case "delay-before":
                await asyncio.sleep(rule.seconds)
                return await self._answered(request, asked, kind)
            case "duplicate":
                with contextlib.suppress(CosmosError):
                    await self._answered(request, asked, kind)
                return await self._answered(request, asked, kind)
        done = await self._answered(request, asked, kind)
        if rule.fault == "delay":
            await asyncio.sleep(rule.seconds)
            return done
        return _hang_up(request, reset=rule.fault == "reset-after")

    async def _repartition(self, request: web.Request, asked: Resource, change: Change) -> None:
        """Split the range that a request is about, or merge it with its neighbour; else one of the container."""
        if not asked.container:
            return
        container = find_container(self._database.reader, asked.database, asked.container)
        pk, range_ = partition_key(request), range_header(request)
        if pk is not None:
            range_ = container.ranges.holding(effective_partition_key(pk))
        await self._database.write(lambda db: change(db, container.number, range_))
        self._known.clear()
        self._news.tell(container.number)

    async def _answered(self, request: web.Request, asked: Resource, kind: str) -> web.Response:
        if asked.type != "docs" and not asked.whole_key:
            answered = await account.handle(
                request, asked, self._database, self._ranges, self.consistency
            )
            if request.method in {"DELETE", "POST", "PUT"}:
                self._known.clear()
                self._news.tell_all()
            return answered
        container = self._container(request, asked)
        expire(self._database.reader, container.number, container.ttl)
        dispatch: dict[str, Callable[[], Awaitable[web.Response]]] = {
            "query": lambda: reads.query(
                self._database.reader, container, request, self.consistency
            ),
            "batch": lambda: writes.write_batch(self._database, container, request),
            "delete-key": lambda: writes.delete_key(self._database, container, request),
        }
        work = "delete-key" if asked.whole_key else kind
        if work in dispatch:
            answered = await dispatch[work]()
        elif kind == "read":
            answered = reads.read(
                self._database.reader, container, request, asked.item, self.consistency
            )
        elif kind == "change-feed":
            answered = await self._fed(request, asked)
        elif kind == "query-plan":
            answered = await reads.plan(self._database.reader, container, request)
        else:
            answered = await writes.write(self._database, container, request, kind, asked.item)
        if kind not in READS:
            self._news.tell(container.number)
        answered.headers["x-ms-alt-content-path"] = f"dbs/{asked.database}/colls/{asked.container}"
        answered.headers["x-ms-content-path"] = container.rid
        return answered

    async def _fed(self, request: web.Request, asked: Resource) -> web.Response:
        """Give what is new: at once, or as soon as there is something to who prefers to wait for it."""
        container, clock = self._container(request, asked), asyncio.get_running_loop().time
        answered = feeds.feed(self._database.reader, container, request)
        seconds = patience(request)
        until = clock() + seconds
        while seconds and answered.status == NOTHING_NEW:
            goes_on = await self._news.wait(container.number, until - clock())
            answered = feeds.feed(self._database.reader, self._container(request, asked), request)
            answered.headers["Preference-Applied"] = f"wait={seconds:g}"
            if not goes_on:
                break
        return answered

    def _container(self, request: web.Request, asked: Resource) -> Container:
        key = asked.database, asked.container
        if key not in self._known:
            self._known[key] = find_container(self._database.reader, *key)
        container = self._known[key]
        expected = request.headers.get("x-ms-cosmos-intended-collection-rid", container.rid)
        if expected != container.rid:
            raise CosmosError(400, "The container was made anew.", substatus=STALE_CONTAINER)
        return container


def _hang_up(request: web.Request, *, reset: bool) -> web.StreamResponse:
    """Close the connection without an answer: with FIN, or with RST."""
    transport = request.transport
    if transport is not None:
        if reset:
            raw: socket.socket = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            transport.abort()
        else:
            transport.close()
    return web.Response()
