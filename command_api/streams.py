"""Streams over HTTP: their events page by page, and their state at any version."""

from dataclasses import replace

import azure.functions as func

from command_api.composition import Application
from command_api.parsing import stream_name, version_in
from command_api.read_access import check_readable
from shared.adapters.http.conditions import IMMUTABLE
from shared.adapters.http.links import address, linked
from shared.adapters.http.problems import not_found
from shared.adapters.http.queries import parameters
from shared.adapters.http.responses import event_json, json_response
from shared.kernel.commands.loading import fold, load
from shared.kernel.messages.commit import Commit, metadata_json
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found

PAGE = 100


async def get_stream(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with a page of the commits after `?after=<version>`, or with the state `?at=<version>`."""
    stream = stream_name(req.route_params["stream"], application.domain)
    await check_readable([stream], req.headers, application)
    params = parameters(req)
    at = version_in(params, "at")
    if at is not None:
        return json_response(await _state(stream, at, application))
    after = version_in(params, "after") or 0
    found = await application.store.read(stream, after, limit=PAGE)
    version = found.commits[-1].version if found.commits else await _tail(stream, application)
    if version == 0:
        raise not_found(f"Nothing has happened to {stream}.")
    page = {"stream": str(stream), "version": version, "commits": list(map(_shown, found.commits))}
    body, link = linked(page, _links(f"/api/streams/{stream}", after, found))
    # What an actor may read, another who comes with the same browser has to ask for.
    is_public = application.domain.category(stream.category).may_read is None
    kept = {"Cache-Control": IMMUTABLE} if found.more and is_public else {}
    return json_response(body, {**link, **kept})


async def _tail(stream: StreamName, application: Application) -> int:
    """Give the version that a stream is at; 0 if nothing has happened to it."""
    last = (await application.store.tail(stream, 1)).commits
    return last[-1].version if last else 0


def _links(path: str, after: int, found: Found) -> dict[str, str | None]:
    """Give the URLs of this page, of the next if there is more, and of one that holds all before it."""

    def page(behind: int) -> str:
        return address(path, {"after": behind} if behind else {})

    return {
        "self": page(after),
        "next": page(found.commits[-1].version) if found.more else None,
        # Each commit has one version at least: a page of them reaches back to where this one begins.
        "prev": page(max(0, after - PAGE)) if after else None,
    }


async def _state(stream: StreamName, at: int, application: Application) -> dict[str, object]:
    """Load the state as it was behind a version, which may stand in the middle of a commit."""
    category, store = application.domain.category(stream.category), application.store
    # The commit that holds the version comes first: those before it are then known to be whole.
    holding = (await store.read(stream, at - 1, limit=1)).commits if at > 0 else ()
    if not holding:
        raise not_found(f"{stream} has no version {at} (yet).")
    commit = holding[0]
    start, before, _ = await load(category, store, stream, through=commit.first - 1)
    part = replace(commit, version=at, events=commit.events[: at - commit.first + 1])
    loaded = fold(category, start, [*before, part])
    return {"stream": str(stream), "version": at, "state": category.snapshots.show(loaded.state)}


def _shown(commit: Commit) -> dict[str, object]:
    return {
        "version": commit.version,
        "commandId": commit.command_id,
        "metadata": metadata_json(commit.metadata, commit.time),
        "events": [
            event_json(version, event)
            for version, event in enumerate(commit.events, start=commit.first)
        ],
    }
