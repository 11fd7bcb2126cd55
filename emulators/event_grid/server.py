"""The HTTP side: find the topic, authorize, strike with a fault if one is due, take in or manage."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from emulators.database import Database
from emulators.event_grid import authorization
from emulators.event_grid.deliveries import SCHEMA, Deliveries
from emulators.event_grid.errors import EventGridError, unsupported
from emulators.event_grid.handshake import shake_hands
from emulators.event_grid.ingest import LARGEST_BATCH, read_events
from emulators.event_grid.management import manage
from emulators.event_grid.registry import Registry
from emulators.event_grid.subscriptions import Subscription
from emulators.event_grid.topics import Topic, parse_topics
from emulators.event_grid.webhook import Webhooks
from emulators.faults import Faults, Rule

LARGEST_READ = 8 * LARGEST_BATCH
ANSWER_WITHIN = 30.0


class EventGridServer:
    """Serves topics: each has an `inputSchema` and, if it likes, `eventSubscriptions` by name.

    The service's clock, of retries and times to live, runs `pace` times as fast as the real one; a webhook has
    `timeout` seconds of the real clock to answer.
    """

    def __init__(
        self,
        state: Path,
        faults: Faults,
        topics: Mapping[str, Mapping[str, Any]],
        *,
        pace: float = 1.0,
        timeout: float = ANSWER_WITHIN,
        seed: int = 0,
    ) -> None:
        self._topics = parse_topics(topics)
        self._database = Database(state / "event-grid.sqlite", SCHEMA)
        self._faults = faults
        self._pace = pace
        self._timeout = timeout
        self._seed = seed
        self._port = 0
        self._http: aiohttp.ClientSession
        self._registry: Registry

    async def serve(
        self, port: int, tls: ssl.SSLContext | None = None
    ) -> tuple[web.AppRunner, int]:
        """Listen on loopback, and go on delivering; port 0 takes a free one."""
        app = web.Application(client_max_size=LARGEST_READ)
        app.router.add_route("*", r"/{path:[\s\S]*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self._port = listener.getsockname()[1]
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        webhooks = Webhooks(self._http, self._faults, self._timeout)
        deliveries = Deliveries(self._database)
        self._registry = Registry(
            *(self._topics, deliveries, webhooks, self._validate, self._pace, self._seed)
        )
        self._registry.start()
        await web.SockSite(runner, listener, ssl_context=tls).start()
        return runner, self._port

    async def close(self) -> None:
        """Stop delivering and close the file; what was accepted and not delivered is in it."""
        await self._registry.close()
        await self._http.close()
        self._database.close()

    async def _validate(self, topic: Topic, name: str, subscription: Subscription) -> None:
        callback = f"http://127.0.0.1:{self._port}/topics/{topic.name}/validate"
        await shake_hands(
            *(self._http, topic, name, subscription),
            callback=callback,
            within=self._timeout,
            pace=self._pace,
        )

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            match request.path.strip("/").split("/"):
                case ["topics", name, "api", "events"] if request.method == "POST":
                    return await self._publish(request, self._topic(name))
                case ["topics", name, "eventSubscriptions", *rest]:
                    return await manage(request, self._topic(name), rest, self._registry)
                case ["topics", _, *_] if ":" in request.path:
                    raise unsupported(f"topics of a namespace ({request.path!r})", status=501)
                case ["topics", _, "validate"]:
                    return unsupported("validation by hand (validationUrl)").answer
        except EventGridError as error:
            return error.answer
        return EventGridError(404, f"There is no {request.method} {request.path!r}.").answer

    def _topic(self, name: str) -> Topic:
        if name not in self._topics:
            raise EventGridError(404, f"There is no topic {name!r}.")
        return self._topics[name]

    async def _publish(self, request: web.Request, topic: Topic) -> web.StreamResponse:
        authorization.check(request.headers, request.path)
        # Whole before any fault: what is struck has arrived, and may still be carried out.
        body = await request.read()
        rule = self._faults.choose("event-grid", "publish", topic.name, body)
        if rule is not None and rule.fault in {"400", "429", "503"}:
            status = int(rule.fault)
            raise EventGridError(status, "A fault was asked for.", retry_after=rule.seconds)
        if rule is not None and rule.fault == "drop-before":
            return _hang_up(request)
        events = read_events(topic, request.query, request.headers, body)
        await self._registry.accept(topic, events)
        return web.Response() if rule is None else await self._after(request, topic, events, rule)

    async def _after(
        self, request: web.Request, topic: Topic, events: list[dict[str, Any]], rule: Rule
    ) -> web.StreamResponse:
        if rule.fault == "drop-after":
            return _hang_up(request)
        if rule.fault == "duplicate":
            await self._registry.accept(topic, events)
        else:
            await asyncio.sleep(rule.seconds)
        return web.Response()


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
