"""Commands that wait: sent to the durable mailbox, answered with where to ask what became of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import azure.functions as func

from command_api.composition import Application
from command_api.read_access import check_concerned
from command_api.status_url import Asked, asked_for, status_url
from shared.adapters import telemetry
from shared.adapters.http.responses import event_json, json_response, queued
from shared.kernel.commands.outcome import FinalOutcome, failed
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.scheduled_command import ScheduledCommand, place_of
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
    status = status_url(stream, request.command_id, request.digest)
    return queued({"stream": stream, "commandId": request.command_id, "status": status}, headers)


async def get_outcome(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Tell what became of a command: `scheduled`, `cancelled`, `pending`, `done`, `refused`, `failed`.

    With a digest, the outcome of another command under the id is told as `command-id-reused`.
    """
    asked = asked_for(req, application.domain)
    stream, id_ = asked.stream, asked.command_id
    found = await application.store.find(stream, BEHIND_EVERYTHING, [id_])
    commit = found.commits[0] if found.commits else None
    if commit is not None and asked.digest in {None, commit.command_digest}:
        await check_concerned(stream, commit.metadata.actor, req.headers, application)
        return json_response(asked.told | _done(commit))
    kept = await application.outcomes.read(str(stream), id_)
    if kept is not None and asked.is_about(kept.digest):
        await check_concerned(stream, kept.actor, req.headers, application)
        return json_response(asked.told | _kept(kept))
    if commit is None and kept is None:
        return await _waiting(asked, req, application)
    reused = failed(str(stream), id_, "", None, CommandIdReused())
    return json_response(asked.told | _kept(reused))


async def _waiting(
    asked: Asked, req: func.HttpRequest, application: Application
) -> func.HttpResponse:
    """Tell of a command without an outcome whether it waits for its time."""
    rows = await application.scheduled()
    stored = await rows.read(place_of(str(asked.stream), asked.command_id))
    command = ScheduledCommand.read(stored.row) if stored is not None else None
    # What is cancelled has an outcome as soon as it is certain.
    if command is None or command.state != "scheduled" or not asked.is_about(command.digest):
        return json_response(asked.told | {"outcome": "pending"}, {"Retry-After": "1"})
    await check_concerned(asked.stream, command.actor, req.headers, application)
    return json_response(asked.told | {"outcome": "scheduled", "notBefore": command.due})


def _done(commit: Commit) -> dict[str, Any]:
    events = [event_json(n, event) for n, event in enumerate(commit.events, commit.first)]
    return {"outcome": "done", "version": commit.version, "events": events}


def _kept(kept: FinalOutcome) -> dict[str, Any]:
    if kept.kind == "unchanged":
        return {"outcome": "done", "version": kept.version, "events": []}
    if kept.kind == "cancelled":
        return {"outcome": "cancelled"}
    why = (
        {"code": "refused", "refusal": kept.code} if kept.kind == "refused" else {"code": kept.code}
    )
    outcome = "failed" if kept.kind == "failed" else "refused"
    return {"outcome": outcome, "version": kept.version, **why, "detail": kept.detail}
