"""Scheduled commands over HTTP: kept until their time, and cancelled while they are."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import azure.functions as func

from command_api.composition import Application
from command_api.mailbox import BEHIND_EVERYTHING
from command_api.preferences import Preferences
from command_api.status_url import Asked, asked_for, status_url
from shared.adapters import telemetry
from shared.adapters.http.problems import Fault, Problem, malformed
from shared.adapters.http.responses import json_response, queued
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.scheduled_command import (
    ScheduledCommand,
    cancelled,
    place_of,
    settled,
)
from shared.kernel.errors import CommandIdReused
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import Rows

HEADER = "Not-Before"
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_LEAP_SECOND = re.compile(r"(\d\d:\d\d):60(?!\d)", re.ASCII)
_HTTP_DATES = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
"""The form of today, and the two that are obsolete and have to be read (RFC 9110, section 5.6.7)."""


def not_before(given: str, preferences: Preferences, application: Application) -> str | None:
    """Read until when a command is to be kept, None if it is not; raises Problem for what is no time.

    An HTTP-date (RFC 9110, section 5.6.7) or a date-time with its offset (RFC 3339); what is past is now.
    """
    if not preferences.asynchronous:
        sentence = "Nobody waits so long for an answer: Prefer: respond-async goes with it."
        raise malformed(f"The header {HEADER} is malformed.", [Fault(HEADER, sentence)])
    due = _due(given.strip())
    return due if due > timestamp(application.now()) else None


def _due(text: str) -> str:
    # In UTC, the first and the last hours may lie beyond the years that there are.
    with suppress(ValueError, OverflowError):
        second_before = _LEAP_SECOND.sub(r"\1:59", text)
        moment = _moment(second_before).astimezone(UTC)
        return timestamp(moment if second_before == text else _behind_leap_second(moment))
    sentence = (
        "An HTTP-date is expected, or a date-time with its offset, such as 2026-11-23T12:00:00Z."
    )
    raise malformed(f"The header {HEADER} is malformed.", [Fault(HEADER, sentence)])


def _moment(text: str) -> datetime:
    """Read a time in any of the forms; raises ValueError for what is none."""
    if _DATE_TIME.fullmatch(text):
        return datetime.fromisoformat(text.upper())
    for form in _HTTP_DATES:
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC)
    raise ValueError("it is no time")


def _behind_leap_second(before: datetime) -> datetime:
    """Give the moment behind a leap second, which no clock of ours shows; raises ValueError where none can be.

    There are such at the end of the last day of a month, in UTC (RFC 3339, section 5.7).
    """
    behind = before.replace(microsecond=0) + timedelta(seconds=1)
    if (behind.day, behind.hour, behind.minute) != (1, 0, 0):
        raise ValueError("no leap second is there")
    return behind


async def schedule(
    request: CommandRequest, due: str, application: Application, headers: Mapping[str, str]
) -> func.HttpResponse:
    """Answer 202 once the command is kept, or has an outcome; of two times for one command the first counts.

    Raises CommandIdReused where another command is kept under the id.
    """
    stream, id_ = str(request.stream), request.command_id
    body = {"stream": stream, "commandId": id_, "status": status_url(stream, id_, request.digest)}
    kept = await application.outcomes.read(stream, id_)
    if kept is not None and kept.digest == request.digest:
        # The outcome may be forgotten when its time has come.
        return queued(body, headers)
    metadata = request.metadata
    followed = replace(metadata, traceparent=telemetry.here(metadata.traceparent))
    accepted = timestamp(application.now())
    command = ScheduledCommand.of(replace(request, metadata=followed), accepted, due)
    rows = await application.scheduled()
    if not await rows.write(command.row, None):
        command = await _first(command, rows)
    return queued({**body, "notBefore": command.due}, headers)


async def _first(command: ScheduledCommand, rows: Rows) -> ScheduledCommand:
    """Returns what is kept already in place of a command; raises CommandIdReused where that is another."""
    stored = await rows.read(command.row.at)
    first = command if stored is None else ScheduledCommand.read(stored.row)
    if first.digest != command.digest:
        raise CommandIdReused(f"{command.stream}: another command is scheduled under the id")
    return first


async def cancel_command(req: func.HttpRequest, application: Application) -> func.HttpResponse:
    """Cancel a command that is scheduled; raises Problem where it is handed over, or was never kept."""
    asked = asked_for(req, application.domain)
    rows = await application.scheduled()
    at = place_of(str(asked.stream), asked.command_id)
    stored = await rows.read(at)
    command = ScheduledCommand.read(stored.row) if stored is not None else None
    kept = await application.outcomes.read(str(asked.stream), asked.command_id)
    actor = await application.actors.of(req.headers)
    concerned = [one for one in (command, kept) if one is not None and asked.is_about(one.digest)]
    if any(one.actor != actor for one in concerned):
        raise application.actors.forbidden(actor)
    is_cancelled = kept in concerned and kept is not None and kept.kind == "cancelled"
    if command is not None and command in concerned:
        found = await settled(rows, at, "cancelled") or command
        is_cancelled = found.state == "cancelled" and await cancelled(found, application.outcomes)
    if is_cancelled and not await _is_done(asked, application):
        return json_response({**asked.told, "outcome": "cancelled"})
    raise Problem(
        *(409, "handed-over", "The command is no longer scheduled"),
        "The command is not scheduled, or no longer. Its status shows the outcome.",
    )


async def _is_done(asked: Asked, application: Application) -> bool:
    """Tell whether the command took effect: it may have been sent at once, too, under the same key."""
    found = await application.store.find(asked.stream, BEHIND_EVERYTHING, [asked.command_id])
    return any(asked.digest in {None, commit.command_digest} for commit in found.commits)
