"""The control API of the emulators: faults, replica lag, and what was asked of them."""

import json
import socket

from aiohttp import web

from emulators.cosmos import CosmosServer
from emulators.faults import Faults, Rule


class Control:
    """`PUT|GET|DELETE /faults`, `PUT /cosmos/replica-lag`, `GET /requests`."""

    def __init__(self, faults: Faults, cosmos: CosmosServer) -> None:
        self._faults = faults
        self._cosmos = cosmos

    async def serve(self, port: int) -> tuple[web.AppRunner, int]:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application()
        app.router.add_put("/faults", self._put_faults)
        app.router.add_get("/faults", self._get_faults)
        app.router.add_delete("/faults", self._delete_faults)
        app.router.add_put("/cosmos/replica-lag", self._put_lag)
        app.router.add_get("/requests", self._get_requests)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        listener = socket.create_server(("127.0.0.1", port))
        await web.SockSite(runner, listener).start()
        return runner, listener.getsockname()[1]

    async def _put_faults(self, request: web.Request) -> web.Response:
        try:
            given = json.loads(await request.read())
            rules = [Rule.parse(rule) for rule in given.get("rules", [])]
            self._faults.replace(int(given.get("seed", 0)), rules)
        except (ValueError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"rules": len(rules)})

    async def _get_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"fired": self._faults.fired()})

    async def _delete_faults(self, _request: web.Request) -> web.Response:
        self._faults.replace(0, [])
        return web.Response(status=204)

    async def _put_lag(self, request: web.Request) -> web.Response:
        given = json.loads(await request.read())
        self._cosmos.consistency.lag = float(given["seconds"])
        return web.json_response({"seconds": self._cosmos.consistency.lag})

    async def _get_requests(self, _request: web.Request) -> web.Response:
        return web.json_response(dict(self._faults.asked))
