"""Problems: every answer that is not a success, as problem+json (RFC 9457); docs/problems.md lists them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import azure.functions as func

from shared.adapters.http.responses import NO_HEADERS
from shared.kernel.commands.decider import Refusal
from shared.kernel.errors import OnewriteError, OutcomeUnknown, leaves, may_pass

TYPE_PREFIX = "urn:onewrite:problem:"
# A type has one title (RFC 9457, section 3.1.3).
CHANGED, UNKNOWN = "Precondition failed", "Authentication required"
_NOT_ADMITTED = "Delivery not allowed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a request: a JSON pointer (RFC 6901) or a header, and a sentence."""

    pointer: str
    sentence: str


# Not frozen: whoever passes an exception on writes its traceback.
@dataclass(eq=False)
class Problem(Exception):
    """What the client is told instead of a success."""

    status: int
    code: str
    title: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None
    trace: str | None = None

    def response(self, headers: Mapping[str, str] = NO_HEADERS) -> func.HttpResponse:
        """Write the problem as an HTTP response, with more headers if there are any."""
        body: dict[str, object] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.refusal is not None:
            body["refusal"] = self.refusal
        if self.trace is not None:
            body["traceId"] = self.trace
        if self.faults:
            body["errors"] = [{"pointer": f.pointer, "detail": f.sentence} for f in self.faults]
        return func.HttpResponse(
            json.dumps(body),
            status_code=self.status,
            # RFC 9110, section 15.1: a cache may guess of some of these how long they are so.
            headers={"Cache-Control": "no-store", **headers, **self.headers},
            mimetype="application/problem+json",
        )


def malformed(detail: str, faults: Sequence[Fault] = ()) -> Problem:
    """Tell that the request cannot be understood, and where."""
    return Problem(400, "malformed", "The request is malformed", detail, faults)


def not_found(detail: str) -> Problem:
    """Tell that there is no such thing."""
    return Problem(404, "not-found", "Not found", detail)


def too_large(most: int, what: str = "bytes") -> Problem:
    """Tell that the body is too large, or holds too much."""
    return Problem(413, "too-large", "Request too large", f"The limit is {most} {what}.")


def unauthenticated() -> Problem:
    """Tell that a delivery shows nothing that admits it."""
    detail = "A delivery needs a registered secret, or a token issued for this application."
    # RFC 9110, section 15.5.2; a shared secret has no scheme of its own.
    challenge = {"WWW-Authenticate": 'Bearer realm="webhooks"'}
    return Problem(401, "unauthenticated", UNKNOWN, detail, headers=challenge)


def not_admitted(number: int) -> Problem:
    """Tell that a delivery holds what its sender may not deliver."""
    detail = f"Event {number} has a source or type that this sender may not deliver."
    return Problem(403, "not-admitted", _NOT_ADMITTED, detail)


def unexpected_handshake() -> Problem:
    """Tell whoever asks for a handshake that it is not expected here."""
    detail = "This origin or subscription is not registered."
    return Problem(403, "not-admitted", _NOT_ADMITTED, detail)


def gone() -> Problem:
    """Tell a sender to stop: nothing of a delivery is wanted any more (HTTP 1.1 Web Hooks, section 2.2)."""
    detail = "These event types are no longer accepted. Stop sending them."
    return Problem(410, "gone", "Event types no longer accepted", detail)


def first_of(error: Exception) -> OnewriteError:
    """Give the first of several errors; one that nobody named, such as time that ran out, leaves all unknown."""
    first = next((one for one in leaves(error) if may_pass(one)), error)
    return (
        first
        if isinstance(first, OnewriteError)
        else OutcomeUnknown(f"{type(first).__name__}: {first}")
    )


def unsupported_media_type(what: str = "A command is application/json.") -> Problem:
    """Tell that the body is not declared as JSON."""
    return Problem(415, "unsupported-media-type", "The media type is not supported", what)


def refused(refusal: Refusal) -> Problem:
    """Tell that the domain said no, with its own code for why."""
    title = "The command was refused"
    return Problem(422, "refused", title, refusal.sentence, refusal=refusal.code)


def internal(trace: str) -> Problem:
    """Tell that it is our fault, and under which trace it is logged; no more."""
    detail = "An unexpected error occurred. It was logged under the trace id."
    return Problem(500, "internal", "Internal error", detail, trace=trace)


def outdated(version: int) -> Problem:
    """Tell that the stream is not at the version that the client expected."""
    return Problem(
        412,
        "precondition-failed",
        CHANGED,
        f"The stream is at version {version}.",
        headers={"ETag": f'"{version}"'},
    )
