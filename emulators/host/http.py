"""The HTTP side of the host: what Kestrel and the host make of a request and of an answer."""

import socket
from collections.abc import Sequence

from aiohttp import HttpVersion11, web

from emulators.host.cors import Cors
from emulators.host.event_grid import PATH, EventGridWebhook
from emulators.host.failures import say_answered
from emulators.host.invocations import Invoker
from emulators.host.protos import RpcHttp, TypedData
from emulators.host.routes import find
from emulators.host.rules import Function
from emulators.host.sign_in import signed_in
from emulators.host.worker import Retry

ADMINISTRATION = "/admin/functions"
LARGEST_BODY = 100 * 1024 * 1024


class HttpListener:
    """Serves the HTTP functions under the route prefix, and beside them the platform's own webhook and list."""

    def __init__(
        self, functions: Sequence[Function], prefix: str, invoker: Invoker, sign_in: str = ""
    ) -> None:
        self._functions = {function.name: function for function in functions}
        self._routes = [function.route for function in functions if function.route]
        self._prefix = f"/{prefix.strip('/')}/" if prefix else "/"
        self._invoker = invoker
        self._sign_in = sign_in.lower()
        self._event_grid = EventGridWebhook(functions, invoker)
        self._runner: web.AppRunner | None = None

    def listed(self) -> list[str]:
        """List the routes, as people write them."""
        return [
            f"{method:4} {self._prefix}{route.template}"
            for route in self._routes
            for method in route.methods or ("*",)
        ]

    async def start(self, port: int) -> int:
        """Listen on loopback; port 0 takes a free one."""
        cors = Cors.read().middleware()
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[cors])
        app.router.add_route("*", r"/{path:[\s\S]*}", self._handle)
        # The host hands a compressed body over as it was sent.
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=10, auto_decompress=False
        )
        await self._runner.setup()
        listener = socket.create_server(("127.0.0.1", port), backlog=512)
        await web.SockSite(self._runner, listener).start()
        found: int = listener.getsockname()[1]
        return found

    async def stop(self) -> None:
        """Take no new request, and finish those that came."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path
        if self._invoker.stopping.is_set():
            return web.Response(status=503)
        if path.lower() == PATH:
            return await self._event_grid.answer(request)
        if path.lower() == ADMINISTRATION:
            return web.json_response(
                [{"name": name, "isDisabled": False} for name in self._functions]
            )
        found = None
        if path.startswith(self._prefix):
            found = find(self._routes, request.method, path.removeprefix(self._prefix))
        if found is None:
            return web.Response(status=404)
        route, parameters = found
        body = await request.read()
        # The host hands a body over only when its length was declared.
        given = TypedData(bytes=body) if request.content_length else TypedData()
        http = RpcHttp(
            method=request.method,
            url=str(request.url),
            headers=signed_in(_joined(request), self._sign_in),
            params=parameters,
            query=_query(request),
            body=given,
        )
        function, wanted = self._functions[route.function], TypedData(http=http)
        answer = await self._invoker.call(function, (wanted, {}), Retry())
        returned = answer.return_value
        if answer.result.exception is not None or returned is None:
            self._invoker.report(function, answer, wanted)
            return web.Response(status=500)
        response = _response(returned)
        say_answered(request.method, str(request.url), body, response.status)
        if response.body and request.version >= HttpVersion11:
            response.enable_chunked_encoding()
        return response


def _query(request: web.Request) -> dict[str, str]:
    """Join repeated parameters as .NET does: by commas, their names without case, empty ones left out."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for name, value in request.rel_url.query.items():
        values.setdefault(names.setdefault(name.lower(), name), []).append(value)
    joined = {name: ",".join(given) for name, given in values.items()}
    return {name: value for name, value in joined.items() if value}


def _joined(request: web.Request) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        lower = name.lower()
        joined[lower] = f"{joined[lower]},{value}" if lower in joined else value
    return joined


def _response(returned: TypedData) -> web.Response:
    if returned.WhichOneof("data") != "http":
        return web.Response(text=returned.string, content_type="text/plain")
    http: RpcHttp = returned.http
    kind = http.body.WhichOneof("data")
    content = getattr(http.body, kind) if kind else b""
    return web.Response(
        status=int(http.status_code or "200"),
        body=content.encode() if isinstance(content, str) else content,
        headers=http.headers,
    )
