"""Commands that wait: sent to the durable mailbox, answered with where to ask what became of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import azure.functions as func

from command_api.composition import Application
from command_api.parsing import checked_token, stream_name
from command_api.reading import check_concerned
from shared.adapters import telemetry
from shared.adapters.http.problems import Fault, malformed
from shared.adapters.http.queries import parameters
from shared.adapters.http.responses import event_json, json_response, queued
from shared.kernel.commands.outcome import FinalOutcome, failed
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import CommandIdReused
from shared.kernel.messages.commit import Commit, timestamp

BEHIND_EVERYTHING = 10**15


async def put(
    request: CommandRequest, application: Application, headers: Mapping[str, str]
) -> func.HttpResponse:
    """Answer 202 once the command is in the mailbox; raises LogUnavailable when that is not known."""
    mailbox, stream = await application.mailbox(), str(request.stream)
    metadata = request.metadata
    followed = replace(metadata, traceparent=telemetry.here(metadata.traceparent))
    waiting = encode_command(replace(request, metadata=followed), timestamp(application.now()))
    await mailbox.send(partition_of(stream, mailbox.partitions), [waiting])
    asked = f"command-id={quote(request.command_id, safe='')}&digest={request.digest}"
    status = f"/api/streams/{stream}/outcome?{asked}"
    return queued({"stream": stream, "commandId": request.command_id, "status": status}, headers)


async def get_outcome(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Tell what became of a command: `pending`, `done` with its events, `refused` or `failed` with the reason.

    With a digest, the outcome of another command under the id is told as `command-id-reused`.
    """
    stream = stream_name(req.route_params["stream"], application.domain)
    params = parameters(req)
    command_id, digest = params.get("command-id"), params.get("digest")
    if command_id is None:
        raise malformed("Which command?", [Fault("command-id", "It is missing.")])
    checked_token("command-id", command_id)
    if digest is not None:
        checked_token("digest", digest)
    found = await application.store.find(stream, BEHIND_EVERYTHING, [command_id])
    told: dict[str, Any] = {"stream": str(stream), "commandId": command_id}
    commit = found.commits[0] if found.commits else None
    if commit is not None and digest in {None, commit.command_digest}:
        await check_concerned(stream, commit.metadata.actor, req.headers, application)
        return json_response(told | _done(commit))
    kept = await application.outcomes.read(str(stream), command_id)
    if kept is not None and (digest is None or kept.is_of(digest)):
        await check_concerned(stream, kept.actor, req.headers, application)
        return json_response(told | _kept(kept))
    if commit is None and kept is None:
        return json_response(told | {"outcome": "pending"}, {"Retry-After": "1"})
    reused = failed(str(stream), command_id, "", None, CommandIdReused())
    return json_response(told | _kept(reused))


def _done(commit: Commit) -> dict[str, Any]:
    events = [event_json(n, event) for n, event in enumerate(commit.events, commit.first)]
    return {"outcome": "done", "version": commit.version, "events": events}


def _kept(kept: FinalOutcome) -> dict[str, Any]:
    if kept.kind == "unchanged":
        return {"outcome": "done", "version": kept.version, "events": []}
    why = (
        {"code": "refused", "refusal": kept.code} if kept.kind == "refused" else {"code": kept.code}
    )
    outcome = "failed" if kept.kind == "failed" else "refused"
    return {"outcome": outcome, "version": kept.version, **why, "detail": kept.detail}
