"""Cross-origin requests of browsers, which the host answers on Flex Consumption, in front of all functions."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from emulators.host.configuration import CREDENTIALS, ORIGINS


@dataclass(frozen=True, slots=True)
class Cors:
    """The origins that may call, as ASP.NET Core treats them: any header, any method, none that pages may read."""

    origins: frozenset[str]
    credentials: bool

    @classmethod
    def read(cls) -> Self:
        """Read the platform's settings."""
        origins = frozenset(json.loads(os.environ.get(ORIGINS) or "[]"))
        credentials = os.environ.get(CREDENTIALS, "").lower() == "true"
        # What every page may read may not depend on who is signed in.
        return cls(origins, credentials and "*" not in origins)

    def middleware(self) -> Middleware:
        """Answer preflights, and let browsers show other answers to the page that asked."""

        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            if hdrs.ORIGIN not in request.headers:
                return await handler(request)
            allowed = self._allowed(request.headers[hdrs.ORIGIN])
            asked = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_METHOD)
            if request.method == hdrs.METH_OPTIONS and asked is not None:
                response: web.StreamResponse = web.Response(status=204)
                allowed |= _preflight(asked, request.headers) if allowed else {}
            else:
                response = await handler(request)
            response.headers.update(allowed)
            if allowed and len(self.origins) > 1:
                response.headers.add(hdrs.VARY, hdrs.ORIGIN)
            return response

        return answer

    def _allowed(self, origin: str) -> dict[str, str]:
        """Tell a browser that a page may call; an origin that may not is told nothing."""
        if not self.origins & {origin, "*"}:
            return {}
        told: dict[str, str] = {
            hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*" if "*" in self.origins else origin
        }
        return told | ({hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS: "true"} if self.credentials else {})


def _preflight(method: str, asked: Mapping[str, str]) -> dict[str, str]:
    headers = asked.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS)
    told: dict[str, str] = {hdrs.ACCESS_CONTROL_ALLOW_METHODS: method}
    return told | ({hdrs.ACCESS_CONTROL_ALLOW_HEADERS: headers} if headers else {})
