"""Causes over HTTP: the tree from a command to all that followed, as JSON or as text."""

from collections.abc import Iterator
from typing import Any

import azure.functions as func

from command_api.composition import Application
from command_api.parsing import stream_name, version_in
from command_api.read_access import check_readable
from shared.adapters.http.negotiation import JSON, TEXT, chosen
from shared.adapters.http.problems import not_found
from shared.adapters.http.queries import parameters
from shared.adapters.http.responses import event_json, json_response
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.causes import Causes, Effect, drawn

FORMS = (JSON, TEXT)


async def get_causes(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Answer with everything that followed from what a version (1, if not given) followed from itself.

    It is for those who may read all of the streams in which something happened.
    """
    stream = stream_name(req.route_params["stream"], application.domain)
    await check_readable([stream], req.headers, application)
    version = version_in(parameters(req), "version")
    version = 1 if version is None else version
    found = (await application.store.read(stream, version - 1, limit=1)).commits
    if version == 0 or not found:
        raise not_found(f"{stream} has no version {version} (yet).")
    causes = Causes(application.domain, application.store)
    tree = await causes.of(await causes.root(found[0]))
    others = {StreamName.parse(name) for name in _streams(tree)} - {stream}
    await check_readable(sorted(others, key=str), req.headers, application)
    if chosen(req.headers.get("accept"), FORMS) == TEXT:
        text = drawn(tree, complete=causes.complete)
        return func.HttpResponse(text, mimetype=TEXT)
    return json_response({**_shown(tree), "complete": causes.complete})


def _streams(effect: Effect) -> Iterator[str]:
    """Name the streams in which something happened."""
    if effect.commit is not None:
        yield effect.stream
    for one in effect.caused:
        yield from _streams(one)


def _shown(effect: Effect) -> dict[str, Any]:
    commit = effect.commit
    shown: dict[str, Any] = {"stream": effect.stream, "commandId": effect.command_id}
    if effect.command is not None:
        shown["command"] = effect.command
    shown["outcome"] = "nothing so far" if commit is None else "done"
    if commit is not None:
        shown["time"] = commit.time
        if commit.metadata.actor is not None:
            shown["actor"] = commit.metadata.actor
        shown["events"] = [event_json(n, e) for n, e in enumerate(commit.events, commit.first)]
    shown["caused"] = [_shown(one) for one in effect.caused]
    return shown
