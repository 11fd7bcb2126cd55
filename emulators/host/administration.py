"""The host's own paths: its front page, its state, its functions called by hand, the warm-up, and draining."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web

from emulators.host import keys as levels
from emulators.host.invocations import Invoker
from emulators.host.keys import Keys
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.warm_up import warm_up
from emulators.host.worker import Retry

FRONT, PING, WARM_UP = "/", "/admin/host/ping", "/admin/warmup"
STATUS, FUNCTIONS = "/admin/host/status", "/admin/functions"
DRAIN, RESUME = "/admin/host/drain", "/admin/host/resume"
_OPEN = frozenset({FRONT, PING, WARM_UP})
_CALLED = f"{FUNCTIONS}/"
_JSON = frozenset({"timerTrigger", "eventGridTrigger"})
_TEXT = frozenset({"cosmosDBTrigger", "warmupTrigger"})


@dataclass
class Administration:
    """Serves what the host itself is asked; without `keys`, to everybody."""

    functions: Sequence[Function]
    invoker: Invoker
    drain: Callable[[], Awaitable[None]]
    resume: Callable[[], Awaitable[None]]
    keys: Keys | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def serves(self, path: str) -> bool:
        """Tell whether a path is the host's own."""
        return path == FRONT or path.lower().startswith("/admin/")

    async def answer(self, request: web.Request, path: str) -> web.Response:
        """Answer a request to one of the host's own paths."""
        name = path.lower().removesuffix("/") or FRONT
        if name in _OPEN:
            return await self._answer_anyone(name)
        if refusal := self._refusal(request):
            return refusal
        match request.method, name:
            case "GET", str(found) if found == STATUS:
                return web.json_response({"state": "Running", "errors": []})
            case "GET", str(found) if found == FUNCTIONS:
                listed = [{"name": one.name, "isDisabled": one.disabled} for one in self.functions]
                return web.json_response(listed)
            case "POST", str(found) if found == DRAIN:
                await self.drain()
                return web.Response(status=HTTPStatus.ACCEPTED)
            case "POST", str(found) if found == RESUME:
                await self.resume()
                return web.Response(status=HTTPStatus.ACCEPTED)
            case "POST", str(found) if found.startswith(_CALLED):
                return await self._called(request, found.removeprefix(_CALLED))
            case _:
                return web.Response(status=HTTPStatus.NOT_FOUND)

    async def _answer_anyone(self, name: str) -> web.Response:
        if name == WARM_UP:
            await warm_up(self.functions, self.invoker)
        if name == FRONT:
            return web.Response(text="The function app runs.", content_type="text/html")
        return web.Response()

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self.keys is None:
            return None
        key = levels.shown(request.headers, request.query)
        if self.keys.opens(key, levels.ADMIN):
            return None
        if self.keys.knows(key):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        return web.Response(
            status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": levels.BEARER}
        )

    async def _called(self, request: web.Request, name: str) -> web.Response:
        """Call a function by hand, with what the body gives as its `input`, and wait for nothing."""
        function = next((one for one in self.functions if one.name.lower() == name), None)
        if function is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if function.type not in _JSON | _TEXT:
            told = f"a {function.type} of this host cannot be called by hand"
            return web.Response(status=HTTPStatus.NOT_IMPLEMENTED, text=told)
        try:
            body = json.loads(await request.read() or "{}")
        except ValueError as error:
            return web.Response(status=HTTPStatus.BAD_REQUEST, text=str(error))
        task = asyncio.create_task(self._call(function, _input(function, body)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def _call(self, function: Function, given: TypedData) -> None:
        answer = await self.invoker.call(function, (given, {}), Retry())
        self.invoker.report(function, answer, given)


def _input(function: Function, body: Any) -> TypedData:  # noqa: ANN401 - JSON
    given = body.get("input", "") if isinstance(body, dict) else ""
    text = given if isinstance(given, str) else json.dumps(given)
    if function.type == "timerTrigger":
        about = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}
        return TypedData(json=json.dumps(about))
    return TypedData(json=text) if function.type in _JSON else TypedData(string=text)
