"""Commands that wait: sent to the durable mailbox, answered with where to ask what became of them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import azure.functions as func

from command_api.composition import Application
from command_api.parsing import checked_token, stream_name
from shared.adapters.http.problems import Fault, malformed
from shared.adapters.http.responses import event_json, json_response, queued
from shared.kernel.commands.outcome import FinalOutcome
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.commands.request import CommandRequest
from shared.kernel.delivery.partition import partition_of
from shared.kernel.messages.commit import Commit

BEHIND_EVERYTHING = 10**15


async def put(
    request: CommandRequest, application: Application, headers: Mapping[str, str]
) -> func.HttpResponse:
    """Answer 202 once the command is in the mailbox; raises LogUnavailable when that is not known."""
    mailbox, stream = await application.mailbox(), str(request.stream)
    await mailbox.send(partition_of(stream, mailbox.partitions), [encode_command(request)])
    status = f"/api/streams/{stream}/outcome?command-id={quote(request.command_id, safe='')}"
    return queued({"stream": stream, "commandId": request.command_id, "status": status}, headers)


async def get_outcome(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Tell what became of a command: `pending`, `done` with its events, `refused` or `failed` with the reason."""
    stream = stream_name(req.route_params["stream"], application.domain)
    command_id = req.params.get("command-id")
    if command_id is None:
        raise malformed("Which command?", [Fault("command-id", "It is missing.")])
    checked_token("command-id", command_id)
    found = await application.store.find(stream, BEHIND_EVERYTHING, [command_id])
    told: dict[str, Any] = {"stream": str(stream), "commandId": command_id}
    if found.commits:
        return json_response(told | _done(found.commits[0]))
    kept = await application.outcomes.read(str(stream), command_id)
    if kept is None:
        return json_response(told | {"outcome": "pending"}, {"Retry-After": "1"})
    return json_response(told | _kept(kept))


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
