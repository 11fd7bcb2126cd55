"""What an app may do of what its role needs (RIGHTS in its composition.py), as operators see it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import azure.functions as func

from shared.adapters.http.responses import json_response
from shared.kernel.errors import OnewriteError

TIMEOUT = 15.0


async def show_rights(attempts: Mapping[str, Callable[[], Awaitable[object]]]) -> func.HttpResponse:
    """Answer with `rights`: each by its name, with why it could not be used, or null."""
    tried = await asyncio.gather(*(_try(attempt) for attempt in attempts.values()))
    return json_response({"rights": dict(zip(attempts, tried, strict=True))})


async def _try(attempt: Callable[[], Awaitable[object]]) -> str | None:
    try:
        async with asyncio.timeout(TIMEOUT):
            await attempt()
    except (OnewriteError, TimeoutError) as error:
        return str(error) or f"no answer within {TIMEOUT:.0f} s"
    return None
