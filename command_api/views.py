"""Views over HTTP: what is under a key, and a list page by page."""

import re
from dataclasses import replace

import azure.functions as func

from command_api.composition import Application
from command_api.paging import KEY, next_page, parse_listing
from command_api.preferences import Preferences
from command_api.projected import waited
from command_api.reading import readable, rows_of_key, shows
from shared.adapters.http.problems import Fault, malformed, not_found
from shared.adapters.http.responses import accepted_late, json_response
from shared.kernel.messages.stream import CATEGORY, ID
from shared.kernel.ports import ROWS
from shared.kernel.views.view import Row, RowKey

STREAM_RULE = f"{CATEGORY}-{ID}"
AT_LEAST_RULE = rf"(?:({STREAM_RULE})@)?([0-9]{{1,15}})"
_STREAM, _AT_LEAST = re.compile(STREAM_RULE), re.compile(AT_LEAST_RULE)


async def get_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of the rows of one key, if need be once one has seen `?at-least=[<stream>@]<version>`."""
    view, key = application.domain.view(req.route_params["view"]), req.route_params["key"]
    if KEY.fullmatch(key) is None:
        raise malformed("The key is none of a view.")
    stream, version = _at_least(req)
    after = _after(req)
    preferences = Preferences.of(req.headers.get("prefer"))
    may = await readable(view, req.headers, application)

    async def there() -> bool:
        return await shows(application, RowKey(view.name, key, stream or ""), version, may)

    in_time = version == 0 or await waited(there, preferences.seconds)
    rows = await rows_of_key(application, RowKey(view.name, key, after), may)
    if in_time and not rows and not after:
        raise not_found(f"The view '{view.name}' has no row under '{key}' (yet).")
    body: dict[str, object] = {"view": view.name, "key": key, "rows": list(map(_shown, rows))}
    if len(rows) == ROWS:
        body["next"] = f"/api/views/{view.name}/{key}?after={rows[-1].at.stream}"
    answer = json_response if in_time else accepted_late
    return answer(body, preferences.headers())


async def list_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of the rows of a view, filtered and sorted, and where the next one is."""
    view = application.domain.view(req.route_params["view"])
    listing = parse_listing(req.params, view)
    may = await readable(view, req.headers, application)
    rows = await application.rows.page(replace(listing, filters=[*listing.filters, *may]))
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


def _after(req: func.HttpRequest) -> str:
    stream: str = req.params.get("after", "")
    if stream and _STREAM.fullmatch(stream) is None:
        raise malformed("The query is malformed.", [Fault("after", "A stream is expected.")])
    return stream


def _shown(row: Row) -> dict[str, object]:
    return {"stream": row.at.stream, "version": row.version, "data": row.data}
