"""The HTTP side of the host: what Kestrel and the host make of a request and of an answer."""

import socket
from collections.abc import Sequence

from aiohttp import web

from emulators.host import keys as levels
from emulators.host.administration import Administration
from emulators.host.cors import Cors
from emulators.host.event_grid import PATH, EventGridWebhook
from emulators.host.failures import say_answered
from emulators.host.invocations import Invoker
from emulators.host.keys import Keys
from emulators.host.limits import LARGEST_BODY, LONGEST_READ, MOST_READ, refused
from emulators.host.paths import MalformedPathError, decoded, encoded
from emulators.host.protos import RpcHttp, TypedData
from emulators.host.responses import response
from emulators.host.routes import find, in_order
from emulators.host.rules import Function
from emulators.host.sign_in import signed_in
from emulators.host.worker import Retry

GRACE = 30.0
"""So many seconds a stop leaves to the requests that run; then they are cut off."""


class HttpListener:
    """Serves the HTTP functions under the route prefix, and beside them what is the platform's own.

    With `keys`, it asks for them; without, as Core Tools do, for none.
    """

    def __init__(
        self,
        functions: Sequence[Function],
        prefix: str,
        invoker: Invoker,
        administration: Administration,
        *,
        keys: Keys | None = None,
        sign_in: str = "",
    ) -> None:
        self._functions = {function.name: function for function in functions}
        self._routes = in_order(function.route for function in functions if function.route)
        self._prefix = f"/{prefix.strip('/')}/" if prefix else "/"
        self._invoker = invoker
        self._keys = keys
        self._sign_in = sign_in.lower()
        self._administration = administration
        self._event_grid = EventGridWebhook(functions, invoker, keys)
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
            app,
            access_log=None,
            shutdown_timeout=GRACE / self._invoker.pace,
            auto_decompress=False,
            max_line_size=LONGEST_READ,
            max_field_size=LONGEST_READ,
            max_headers=MOST_READ,
        )
        await self._runner.setup()
        listener = socket.create_server(("127.0.0.1", port), backlog=512)
        await web.SockSite(self._runner, listener).start()
        found: int = listener.getsockname()[1]
        return found

    async def stop(self) -> None:
        """Refuse new connections, and finish the requests that came, or cut them off."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        if status := refused(request) or _misdirected(request):
            return web.Response(status=status)
        try:
            path = decoded(request.rel_url.raw_path)
        except MalformedPathError:
            return web.Response(status=400)
        if path.removesuffix("/").lower() == PATH:
            return await self._event_grid.answer(request)
        if self._administration.serves(path):
            return await self._administration.answer(request, path)
        return await self._answer(request, path)

    async def _answer(self, request: web.Request, path: str) -> web.Response:
        """Call the function of a route, if there is one that the request may call."""
        found = None
        if path.lower().startswith(self._prefix.lower()):
            found = find(self._routes, request.method, path[len(self._prefix) :])
        if found is None:
            return web.Response(status=404)
        route, parameters = found
        function = self._functions[route.function]
        if status := self._barred(request, function):
            return web.Response(status=status)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=500)
        http = RpcHttp(
            method=request.method,
            url=f"{request.url.origin()}{encoded(path)}{_query_string(request)}",
            headers=signed_in(_joined(request), self._sign_in),
            params=parameters,
            query=_query(request),
            # The host hands a body over only when its length was declared.
            body=TypedData(bytes=body) if request.content_length else TypedData(),
        )
        wanted = TypedData(http=http)
        answer = await self._invoker.call(function, (wanted, {}), Retry())
        returned = answer.return_value
        if answer.result.exception is not None or returned is None:
            self._invoker.report(function, answer, wanted)
            return web.Response(status=500)
        made = response(returned, request.version)
        say_answered(request.method, str(request.url), body, made.status)
        return made

    def _barred(self, request: web.Request, function: Function) -> int:
        """Return the status of a request that may not call a function: of a disabled one, only the master may."""
        key = levels.shown(request.headers, request.query)
        if self._keys is not None and not self._keys.opens(key, function.level):
            return 401
        master = self._keys is not None and self._keys.opens(key, levels.ADMIN)
        return 404 if function.disabled and not master else 0


def _misdirected(request: web.Request) -> int:
    """Return 400 for a request whose first line names another host than its header does."""
    target = request.raw_path.split("://", 1)
    if request.raw_path.startswith("/") or len(target) == 1:
        return 0
    return 0 if target[1].split("/", 1)[0] == request.headers.get("Host") else 400


def _query_string(request: web.Request) -> str:
    raw = request.rel_url.raw_query_string
    return f"?{raw}" if raw else ""


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
