"""Queries over HTTP: the events of a stream, and what a view holds under a key."""

import re
from collections.abc import Sequence

import azure.functions as func

from command_api.application import Application
from command_api.parsing import SHOWN, stream_name
from command_api.problems import Fault, Problem, from_error, malformed, not_found
from command_api.responses import event_json, json_response
from shared.kernel.commit import Commit, metadata_json
from shared.kernel.errors import OnewriteError

PAGE = 100
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_VERSION = re.compile(r"[0-9]{1,15}")


async def get_stream(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with up to 100 commits after `?after=<version>`, and where to go on."""
    try:
        stream = stream_name(req.route_params["stream"], application.domain)
        after = _after(req)
        commits = (await application.store.read(stream, after, limit=PAGE)).commits
        if not commits and after == 0:
            raise not_found(f"Nothing has happened to {stream}.")
        return json_response(_page(str(stream), after, commits))
    except Problem as problem:
        return problem.response()
    except OnewriteError as error:
        return from_error(error).response()


async def get_view(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with the rows of one key."""
    try:
        view = application.domain.view(req.route_params["view"])
        key = req.route_params["key"]
        if _KEY.fullmatch(key) is None:
            raise malformed(f"{key[:SHOWN]!r} is no key of a view.")
        rows = await application.rows.of_key(view.name, key)
        if not rows:
            raise not_found(f"The view '{view.name}' has no row under '{key}' (yet).")
        shown = [
            {"stream": row.at.stream, "version": row.version, "data": row.data} for row in rows
        ]
        return json_response({"view": view.name, "key": key, "rows": shown})
    except Problem as problem:
        return problem.response()
    except OnewriteError as error:
        return from_error(error).response()


def _after(req: func.HttpRequest) -> int:
    text = req.params.get("after", "0")
    if _VERSION.fullmatch(text) is None:
        raise malformed("The query is malformed.", [Fault("after", "A version is expected.")])
    return int(text)


def _page(stream: str, after: int, commits: Sequence[Commit]) -> dict[str, object]:
    page: dict[str, object] = {
        "stream": stream,
        "version": commits[-1].version if commits else after,
        "commits": [_shown(commit) for commit in commits],
    }
    if len(commits) == PAGE:
        page["next"] = f"/api/streams/{stream}?after={commits[-1].version}"
    return page


def _shown(commit: Commit) -> dict[str, object]:
    return {
        "version": commit.version,
        "commandId": commit.command_id,
        "metadata": metadata_json(commit.metadata),
        "events": [
            event_json(version, event)
            for version, event in enumerate(commit.events, start=commit.first)
        ],
    }
