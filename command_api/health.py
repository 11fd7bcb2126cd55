"""Ready or not, and why: whether the API can do what it is asked."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import azure.functions as func

from command_api.composition import Application
from shared.adapters.error_log import tell
from shared.adapters.http.responses import json_response, unready
from shared.kernel.errors import ConfigurationError, OnewriteError
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import RowKey

PROBE = StreamName("health", "probe")
TIMEOUT = 3.0

type Check = Callable[[], Awaitable[object]]


async def get_health(
    assemble: Callable[[], Awaitable[Application]], check_settings: Callable[[], object]
) -> func.HttpResponse:
    """Answer 200 when every check passes, or 503: `{status, checks: [{name, ready, seconds, error}]}`."""

    async def store() -> object:
        return await (await assemble()).store.read(PROBE, limit=1)

    async def views() -> object:
        return await (await assemble()).rows.read(RowKey("health", "probe", str(PROBE)))

    async def leases() -> object:
        faults = await (await (await assemble()).leases()).faults()
        if faults:
            raise ConfigurationError("; ".join(f"{one.wrong}: {one.mend}" for one in faults))
        return faults

    async def settings() -> object:
        return check_settings()

    wanted: Mapping[str, Check] = {
        "settings": settings,
        "store": store,
        "views": views,
        "leases": leases,
    }
    checks = await asyncio.gather(*(_run(name, check) for name, check in wanted.items()))
    if all(check["ready"] for check in checks):
        return json_response({"status": "ready", "checks": checks})
    return unready({"status": "unready", "checks": checks})


async def _run(name: str, check: Check) -> dict[str, Any]:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it is for the log: anybody may ask
        # What is wrong with a setting we say ourselves.
        said = f": {error}" if isinstance(error, ConfigurationError) else ""
        tell(f"the check {name} failed{said}", error)
        return {"name": name, "ready": False, "seconds": _since(begun), "error": _code(error)}
    return {"name": name, "ready": True, "seconds": _since(begun)}


def _since(begun: float) -> float:
    return round(time.monotonic() - begun, 3)


def _code(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "unavailable"
    return error.code if isinstance(error, OnewriteError) else "internal"
