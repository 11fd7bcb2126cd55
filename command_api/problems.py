"""Problems: every answer that is not a success, as problem+json (RFC 9457); docs/problems.md lists them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import azure.functions as func

from shared.kernel.decider import Refusal
from shared.kernel.errors import (
    CommandIdReused,
    Conflict,
    OnewriteError,
    OutcomeUnknown,
    StoreThrottled,
    StoreUnavailable,
    UnknownMessage,
)

TYPE_PREFIX = "urn:onewrite:problem:"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a request: a JSON pointer (RFC 6901) or a header, and a sentence."""

    pointer: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Problem(Exception):
    """What the client is told instead of a success."""

    status: int
    code: str
    title: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None

    def response(self) -> func.HttpResponse:
        """Write the problem as an HTTP response."""
        body: dict[str, object] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.refusal is not None:
            body["refusal"] = self.refusal
        if self.faults:
            body["errors"] = [{"pointer": f.pointer, "detail": f.sentence} for f in self.faults]
        return func.HttpResponse(
            json.dumps(body),
            status_code=self.status,
            headers=self.headers,
            mimetype="application/problem+json",
        )


def malformed(detail: str, faults: Sequence[Fault] = ()) -> Problem:
    """Tell that the request cannot be understood, and where."""
    return Problem(400, "malformed", "The request is malformed", detail, faults)


def not_found(detail: str) -> Problem:
    """Tell that there is no such thing."""
    return Problem(404, "not-found", "There is no such thing", detail)


def too_large(most: int) -> Problem:
    """Tell that the body is too large."""
    return Problem(
        413, "too-large", "The request is too large", f"A command has at most {most} bytes."
    )


def unsupported_media_type(given: str) -> Problem:
    """Tell that the body is not declared as JSON."""
    detail = f"A command is application/json, and this is declared as {given!r}."
    return Problem(415, "unsupported-media-type", "The media type is not supported", detail)


def refused(refusal: Refusal) -> Problem:
    """Tell that the domain said no, with its own code for why."""
    title = "The command was refused"
    return Problem(422, "refused", title, refusal.sentence, refusal=refusal.code)


def outdated(version: int) -> Problem:
    """Tell that the stream is not at the version that the client expected."""
    return Problem(
        412,
        "precondition-failed",
        "The stream has moved on",
        f"The stream is at version {version}.",
        headers={"ETag": f'"{version}"'},
    )


def from_error(error: OnewriteError) -> Problem:
    """Tell of what went wrong below; an error that is nobody's fault but ours is raised again."""
    detail, again = str(error), {"Retry-After": "1"}
    match error:
        case UnknownMessage():
            return not_found(detail)
        case Conflict():
            return Problem(
                409, "conflict", "Others were faster, again and again", detail, headers=again
            )
        case CommandIdReused():
            return Problem(422, "command-id-reused", "The command id was used before", detail)
        case StoreThrottled():
            return Problem(429, "throttled", "The store asks for patience", detail, headers=again)
        case OutcomeUnknown():
            return Problem(
                503,
                "outcome-unknown",
                "Whether the command took effect is not known: ask again with its Idempotency-Key",
                detail,
                headers=again,
            )
        case StoreUnavailable():
            return Problem(503, "unavailable", "The store does not answer", detail, headers=again)
        case _:
            raise error
