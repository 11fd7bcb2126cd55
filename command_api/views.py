"""Views over HTTP: what is under a key, and a list page by page."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

import azure.functions as func

from command_api.composition import Application
from command_api.paging import KEY, LONGEST_KEY, links, parse_listing, turned
from command_api.preferences import Preferences
from command_api.read_access import readable, rows_of_key, shows
from command_api.until_projected import waited
from shared.adapters.http.links import address, linked
from shared.adapters.http.problems import Fault, malformed, not_found
from shared.adapters.http.queries import is_text, parameters
from shared.adapters.http.responses import NO_HEADERS, accepted_late, json_response
from shared.kernel.messages.stream import CATEGORY, ID
from shared.kernel.ports import ROWS
from shared.kernel.views.view import Row, RowKey

STREAM_RULE = f"{CATEGORY}-{ID}"
AT_LEAST_RULE = rf"(?:({STREAM_RULE})@)?([0-9]{{1,15}})"
_SLASH = re.compile("%2f", re.IGNORECASE)
_STREAM, _AT_LEAST = re.compile(STREAM_RULE), re.compile(AT_LEAST_RULE)


async def get_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of the rows of one key, if need be once one has seen `?at-least=[<stream>@]<version>`."""
    view, key = application.domain.view(req.route_params["view"]), _key(req.route_params["key"])
    params = parameters(req)
    stream, version = _at_least(params)
    after = _after(params)
    preferences = Preferences.of(req.headers.get("prefer"))
    may = await readable(view, req.headers, application)

    async def there() -> bool:
        return await shows(application, RowKey(view.name, key, stream or ""), version, may)

    in_time = version == 0 or await waited(there, preferences.seconds)
    rows = await rows_of_key(application, RowKey(view.name, key, after), may)
    # What is read now may show what a slow look was too late for.
    in_time = in_time or any(
        row.version >= version for row in rows if stream in {None, row.at.stream}
    )
    if in_time and not rows and not after:
        raise not_found(f"The view '{view.name}' has no row under this key (yet).")
    body: dict[str, object] = {"view": view.name, "key": key, "rows": list(map(_shown, rows))}
    path = f"/api/views/{view.name}/{quote(key, safe='')}"
    behind = address(path, {"after": rows[-1].at.stream}) if len(rows) == ROWS else None
    here = address(path, {"after": after} if after else {})
    body, link = linked(body, {"self": here, "next": behind})
    answer = json_response if in_time else accepted_late
    return answer(body, {**link, **(preferences.waited() if version else NO_HEADERS)})


async def list_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of the rows of a view, where those beside it are, and how many rows there are."""
    view = application.domain.view(req.route_params["view"])
    params = parameters(req)
    listing = parse_listing(params, view)
    preferences = Preferences.of(req.headers.get("prefer"))
    may = await readable(view, req.headers, application)
    readable_rows = replace(listing, filters=[*listing.filters, *may])
    rows = turned(params, await application.rows.page(readable_rows))
    total = {"total": await application.rows.count(readable_rows)} if preferences.counted else {}
    body: dict[str, object] = {
        "view": view.name,
        "rows": [{"key": row.at.key, **_shown(row)} for row in rows],
        **total,
    }
    body, link = linked(body, links(params, listing, rows))
    return json_response(body, {**link, **preferences.totalled()})


def _key(segment: str) -> str:
    # The host decodes all of a segment but its slashes.
    key = _SLASH.sub("/", segment)
    if KEY.fullmatch(key) is None or not is_text(key) or len(key.encode()) > LONGEST_KEY:
        raise malformed("This is not a valid key of a view.")
    return key


def _at_least(params: Mapping[str, str]) -> tuple[str | None, int]:
    text = params.get("at-least", "0")
    found = _AT_LEAST.fullmatch(text)
    if found is None:
        sentence = "A version is expected, or a stream and a version: <stream>@<version>."
        raise malformed("The query is malformed.", [Fault("at-least", sentence)])
    return found[1], int(found[2])


def _after(params: Mapping[str, str]) -> str:
    stream = params.get("after", "")
    if stream and _STREAM.fullmatch(stream) is None:
        raise malformed("The query is malformed.", [Fault("after", "A stream is expected.")])
    return stream


def _shown(row: Row) -> dict[str, object]:
    return {"stream": row.at.stream, "version": row.version, "data": row.data}
