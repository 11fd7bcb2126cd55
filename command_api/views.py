"""Views over HTTP: what is under a key, and a list page by page."""

import re

import azure.functions as func

from command_api.composition import Application
from command_api.paging import next_page, parse_listing
from command_api.parsing import SHOWN
from command_api.preferences import Preferences
from command_api.projected import waited
from shared.adapters.http.problems import Fault, malformed, not_found
from shared.adapters.http.responses import accepted_late, json_response
from shared.kernel.messages.stream import CATEGORY, ID
from shared.kernel.views.view import Row

# A key may be longer than an id: a view may make it of several.
KEY_RULE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}"
AT_LEAST_RULE = rf"(?:({CATEGORY}-{ID})@)?([0-9]{{1,15}})"
_KEY = re.compile(KEY_RULE)
_AT_LEAST = re.compile(AT_LEAST_RULE)


async def get_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with the rows of one key, if need be once they have seen `?at-least=[<stream>@]<version>`."""
    view, key = application.domain.view(req.route_params["view"]), req.route_params["key"]
    if _KEY.fullmatch(key) is None:
        raise malformed(f"{key[:SHOWN]!r} is no key of a view.")
    stream, version = _at_least(req)
    rows: list[Row] = []

    async def there() -> bool:
        rows[:] = await application.rows.of_key(view.name, key)
        return version == 0 or any(
            row.version >= version and stream in {None, row.at.stream} for row in rows
        )

    preferences = Preferences.of(req.headers.get("prefer"))
    in_time = await waited(there, preferences.seconds) if version else await there()
    if in_time and not rows:
        raise not_found(f"The view '{view.name}' has no row under '{key}' (yet).")
    body = {"view": view.name, "key": key, "rows": [_shown(row) for row in rows]}
    answer = json_response if in_time else accepted_late
    return answer(body, preferences.headers())


async def list_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of the rows of a view, filtered and sorted, and where the next one is."""
    view = application.domain.view(req.route_params["view"])
    listing = parse_listing(req.params, view)
    rows = await application.rows.page(listing)
    body: dict[str, object] = {
        "view": view.name,
        "rows": [{"key": row.at.key, **_shown(row)} for row in rows],
    }
    if len(rows) == listing.limit:
        body["next"] = next_page(req.params, listing, rows[-1])
    return json_response(body)


def _at_least(req: func.HttpRequest) -> tuple[str | None, int]:
    text = req.params.get("at-least", "0")
    found = _AT_LEAST.fullmatch(text)
    if found is None:
        sentence = "A version is expected, or a stream and a version: <stream>@<version>."
        raise malformed("The query is malformed.", [Fault("at-least", sentence)])
    return found[1], int(found[2])


def _shown(row: Row) -> dict[str, object]:
    return {"stream": row.at.stream, "version": row.version, "data": row.data}
