"""The webhook of the platform's Event Grid trigger: handshakes, then one call for each event of a delivery.

After HttpRequestProcessor.cs and EventGridExtensionConfigProvider.cs of the extension; it asks for no key here.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from emulators.host.invocations import Invoker
from emulators.host.protos import TypedData
from emulators.host.rules import Function
from emulators.host.worker import Retry

PATH = "/runtime/webhooks/eventgrid"
_ORIGINS = ("eventgrid.azure.net",)


class EventGridWebhook:
    """Serves the functions that Event Grid triggers."""

    def __init__(self, functions: Sequence[Function], invoker: Invoker) -> None:
        found = [function for function in functions if function.type == "eventGridTrigger"]
        self._functions = {function.name.lower(): function for function in found}
        self._invoker = invoker

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a handshake, or call the function that the query names, once for each event."""
        name = request.query.get("functionName", "")
        function = self._functions.get(name.lower())
        if function is None:
            return web.Response(status=404, text=f"cannot find function: '{name}'")
        if request.method == "OPTIONS":
            return _allowed(request.headers.get("WebHook-Request-Origin", ""))
        kind = request.headers.get("aeg-event-type", "").lower()
        if kind == "unsubscribe":
            return web.Response(status=202)
        if request.method != "POST" or kind not in {"subscriptionvalidation", "notification"}:
            return web.Response(status=400)
        try:
            events = _events(await request.read())
        except ValueError as error:
            return web.Response(status=400, text=str(error))
        if kind == "subscriptionvalidation":
            return web.json_response({"validationResponse": events[0]["data"]["validationCode"]})
        return await self._call(function, events)

    async def _call(self, function: Function, events: Sequence[Any]) -> web.Response:
        given = [TypedData(json=json.dumps(event)) for event in events]
        answers = await asyncio.gather(
            *(self._invoker.call(function, (one, {"data": one}), Retry()) for one in given)
        )
        for one, answer in zip(given, answers, strict=True):
            self._invoker.report(function, answer, one)
        failed = any(answer.result.exception is not None for answer in answers)
        return web.Response(status=500 if failed else 202)


def _events(body: bytes) -> list[Any]:
    content = json.loads(body)
    return content if isinstance(content, list) else [content]


def _allowed(origin: str) -> web.Response:
    if origin.lower() not in _ORIGINS:
        return web.Response(status=400)
    return web.Response(
        status=200, headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
    )
