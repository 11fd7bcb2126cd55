"""The webhook of the platform's Event Grid trigger: handshakes, then one call for each event of a delivery.

After HttpRequestProcessor.cs and EventGridExtensionConfigProvider.cs of the extension.
"""

import asyncio
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web

from emulators.host import keys as levels
from emulators.host.invocations import Invoker
from emulators.host.keys import Keys
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.worker import Retry

PATH = "/runtime/webhooks/eventgrid"
NAME = "functionname"
_ORIGINS = ("eventgrid.azure.net",)


class EventGridWebhook:
    """Serves the functions that Event Grid triggers; with `keys`, to who has the system's or the master's."""

    def __init__(
        self, functions: Sequence[Function], invoker: Invoker, keys: Keys | None = None
    ) -> None:
        found = [function for function in functions if function.type == "eventGridTrigger"]
        self._functions = {function.name: function for function in found}
        self._invoker = invoker
        self._keys = keys

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a handshake, or call the function that the query names, once for each event."""
        if status := self._barred(request):
            return web.Response(status=status)
        named = {name.lower(): value for name, value in request.query.items()}
        function = self._functions.get(named.get(NAME, ""))
        if function is None or function.disabled:
            told = f"cannot find function: '{named.get(NAME, '')}'"
            return web.Response(status=HTTPStatus.NOT_FOUND, text=told)
        if request.method == "OPTIONS":
            return _allowed(request.headers.get("WebHook-Request-Origin", ""))
        kind = request.headers.get("aeg-event-type", "").lower()
        if kind == "unsubscribe":
            return web.Response(status=HTTPStatus.ACCEPTED)
        if kind not in {"subscriptionvalidation", "notification"}:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        try:
            events = _events(await request.read())
        except ValueError:
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        if kind == "subscriptionvalidation":
            return web.json_response({"validationResponse": events[0]["data"]["validationCode"]})
        return await self._call(function, events)

    def _barred(self, request: web.Request) -> int:
        if self._keys is None:
            return 0
        key = levels.shown(request.headers, request.query)
        if self._keys.opens(key, levels.SYSTEM):
            return 0
        return HTTPStatus.FORBIDDEN if self._keys.knows(key) else HTTPStatus.UNAUTHORIZED

    async def _call(self, function: Function, events: Sequence[Any]) -> web.Response:
        given = [TypedData(json=json.dumps(event)) for event in events]
        about = [{"data": TypedData(json=json.dumps(_data(event)))} for event in events]
        answers = await asyncio.gather(
            *(
                self._invoker.call(function, (one, metadata), Retry())
                for one, metadata in zip(given, about, strict=True)
            )
        )
        for one, answer in zip(given, answers, strict=True):
            self._invoker.report(function, answer, one)
        if any(answer.result.exception is not None for answer in answers):
            told = f"Exception while executing function: {function.name}"
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR, text=told)
        return web.Response(status=HTTPStatus.ACCEPTED)


def _events(body: bytes) -> list[Any]:
    content = json.loads(body)
    return content if isinstance(content, list) else [content]


def _data(event: Any) -> Any:  # noqa: ANN401 - JSON
    return event.get("data") if isinstance(event, dict) else None


def _allowed(origin: str) -> web.Response:
    allowed = {"WebHook-Allowed-Origin": origin} if origin.lower() in _ORIGINS else {}
    return web.Response(headers=allowed)
