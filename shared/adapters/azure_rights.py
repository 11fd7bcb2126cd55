"""What each role has to do with containers and hubs, and whether the identity of its app may.

infra/apps.json grants it; all of it can be tried without a trace.
"""

import asyncio
from collections.abc import Awaitable, Callable

import azure.functions as func

from shared.adapters import settings, wiring
from shared.adapters.http.responses import json_response
from shared.kernel.errors import ConfigurationError, OnewriteError

RIGHTS = {
    "command_api": (
        *("events:append", "views:write", "outcomes:append", "leases:read", "snapshots:write"),
        *("feeds:read", "commands:send"),
    ),
    "single_publisher": (
        *("events:read", "leases:write", "views:read", "parked:write", "progress:write"),
        "events:send",
    ),
    "consumers": (
        *("events:append", "views:write", "leases:read", "parked:write", "outcomes:append"),
        *("snapshots:write", "feeds:write"),
        *("progress:write", "events:receive", "commands:receive", "events:send", "archive:read"),
    ),
}
TIMEOUT = 15.0


async def show_rights(role: str) -> func.HttpResponse:
    """Answer with `rights`: each of a role by its name, with why it could not be used, or null; so `settings`."""
    attempts = await wiring.attempts(*RIGHTS[role])
    tried = await asyncio.gather(*(_try(attempt) for attempt in attempts.values()))
    rights = dict(zip(attempts, tried, strict=True))
    return json_response({"rights": rights, "settings": _wrong_setting()})


def _wrong_setting() -> str | None:
    try:
        settings.check()
    except ConfigurationError as error:
        return str(error)
    return None


async def _try(attempt: Callable[[], Awaitable[object]]) -> str | None:
    try:
        async with asyncio.timeout(TIMEOUT):
            await attempt()
    except (OnewriteError, TimeoutError) as error:
        return str(error) or f"no answer within {TIMEOUT:.0f} s"
    return None
