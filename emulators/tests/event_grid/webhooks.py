"""A webhook on loopback that agrees to both handshakes and remembers what it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from emulators.tests.waiting import in_time

type Answer = Callable[[Any], Awaitable[web.Response]]


@dataclass(frozen=True)
class Request:
    """What a webhook was sent."""

    method: str
    target: str
    headers: Any
    body: Any

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.body if isinstance(self.body, list) else [self.body]


async def agree(request: Request) -> web.Response:
    """Answer a handshake as the service's documentation says."""
    if request.method == "OPTIONS":
        allowed = {"WebHook-Allowed-Origin": request.headers["WebHook-Request-Origin"]}
        return web.Response(headers={**allowed, "WebHook-Allowed-Rate": "120", "Allow": "POST"})
    code = request.body[0]["data"]["validationCode"]
    return web.json_response({"validationResponse": code})


@dataclass
class Webhook:
    """Answers deliveries with the statuses of a list, one after the other, and then with `status`."""

    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    handshake: Answer = agree
    delivery: Answer | None = None
    handshakes: list[Request] = field(default_factory=list)
    deliveries: list[Request] = field(default_factory=list)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for request in self.deliveries for event in request.events]

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    async def attempts(self, count: int) -> list[Request]:
        """Wait until it was sent so many deliveries."""
        async with in_time(), self._arrived:
            await self._arrived.wait_for(lambda: len(self.deliveries) >= count)
        return self.deliveries

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        seen = Request(
            *(request.method, request.path_qs, request.headers.copy()),
            body=json.loads(body) if body else None,
        )
        if seen.headers.get("aeg-event-type") != "Notification":
            self.handshakes.append(seen)
            return await self.handshake(seen)
        async with self._arrived:
            self.deliveries.append(seen)
            self._arrived.notify_all()
        if self.delivery is not None:
            return await self.delivery(seen)
        return web.Response(status=self.statuses.pop(0) if self.statuses else self.status)


@asynccontextmanager
async def serving(webhook: Webhook, port: int = 0) -> AsyncIterator[Webhook]:
    """Serve a webhook as long as the context lasts."""
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", webhook.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    webhook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield webhook
    finally:
        await runner.cleanup()
