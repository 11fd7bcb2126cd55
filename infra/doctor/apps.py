"""The running apps: which functions run in which of them."""

import json
from collections import Counter
from http import HTTPStatus
from typing import Any

import aiohttp

from infra.doctor.patient import App, Complaint, Patient, Unasked

TIMEOUT = aiohttp.ClientTimeout(total=20)
# Not by trying: the platform lets whoever shows the master key into functions that are switched off, too.
LISTED = "/admin/functions"
# Of no role: each app has it, whatever else runs there.
EVERYWHERE = frozenset({"without_route"})
# Off where the settings name nobody whom it would ask.
IF_NAMED = frozenset({"polling"})


async def meet(url: str, key: str) -> App:
    """Ask an app which of its functions are on (`GET /admin/functions` of the host, with the master key)."""
    try:
        status, _, body = await ask(App(url, key), "GET", LISTED)
    except (aiohttp.ClientError, TimeoutError) as error:
        return App(url, key, silent=f"{url} cannot be asked: {error or type(error).__name__}")
    listed = json_of(body)
    if status != HTTPStatus.OK or not isinstance(listed, list):
        return App(url, key, silent=f"{url}{LISTED} answers {status}: {body[:100]}")
    return App(url, key, frozenset(one["name"] for one in listed if not one["isDisabled"]))


async def apps(patient: Patient) -> Complaint | None:
    """See that each function of this checkout runs in its one app, and nothing else does."""
    silent = [app.silent for app in patient.apps if app.silent]
    if silent:
        return Complaint(
            "; ".join(silent),
            "name each app by its URL, and say its master key in DOCTOR_KEY (docs/operations.md)",
        )
    if not patient.functions:
        raise Unasked(
            "this checkout cannot be loaded, and so says of no function where it should run"
        )
    running = Counter(name for app in patient.apps for name in app.functions)
    wanted = {name: len(patient.apps) if name in EVERYWHERE else 1 for name in patient.functions}
    missing = [
        name for name, times in wanted.items() if running[name] < times and name not in IF_NAMED
    ]
    twice = [name for name, times in wanted.items() if running[name] > times]
    strange = sorted(running.keys() - patient.functions.keys())
    wrong = [
        *([f"nothing runs {', '.join(missing)}"] if missing else []),
        *([f"{', '.join(twice)} runs twice"] if twice else []),
        *([f"this checkout does not know {', '.join(strange)}"] if strange else []),
    ]
    if not wrong:
        return None
    return Complaint(
        "; ".join(wrong),
        "name the URLs of all apps, each once, from the checkout that is deployed; infra/apps.json says what"
        " runs where",
    )


async def ask_function(
    patient: Patient, function: str, method: str, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Ask a function over HTTP in the app where it runs; raises Unasked when that is not known."""
    for app in patient.apps:
        if function in app.functions:
            return await ask(app, method, f"/api/{path}", headers)
    raise Unasked(f"no app is known to run {function}")


async def told(patient: Patient, function: str, path: str) -> dict[str, Any]:
    """Give what a function tells; raises Unasked for any other answer than 200 and an object of JSON."""
    status, _, body = await ask_function(patient, function, "GET", path)
    found = json_of(body)
    if status != HTTPStatus.OK or not isinstance(found, dict):
        raise Unasked(f"GET /api/{path} answers {status}: {body[:300]}")
    return found


async def ask(
    app: App, method: str, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Send a request to an app with its key; gives status, headers and body."""
    key = {"x-functions-key": app.key} if app.key else {}
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT) as http,
        http.request(method, f"{app.url}{path}", headers={**key, **(headers or {})}) as response,
    ):
        return response.status, dict(response.headers), await response.text()


def json_of(body: str) -> object:
    """Read a body as JSON; None for what is none."""
    try:
        found: object = json.loads(body)
    except ValueError:
        return None
    return found
