"""What operators do about the audit of store and log: begin it, and see how far it is."""

from typing import TYPE_CHECKING

import azure.functions as func

from shared.adapters.http.responses import json_response

# Every instance loads this module, few audit.
if TYPE_CHECKING:
    from consumers.replay.audit import Audit


async def answer_audit(req: func.HttpRequest, audit: "Audit") -> func.HttpResponse:
    """Begin an audit unless one goes on (POST), and answer with its phase and what it has found."""
    note = await audit.begin() if req.method == "POST" else await audit.note()
    if note is None:
        return json_response({"phase": "none"})
    return json_response(
        {
            "phase": note.phase,
            "begun": note.begun,
            "buckets": note.buckets,
            "ended": note.ended,
            "events": note.events,
            "messages": note.messages,
            "counted": note.differences.counted,
            "differences": [one.model_dump() for one in note.differences.first],
            **({"stopped": note.stopped} if note.stopped is not None else {}),
        }
    )
