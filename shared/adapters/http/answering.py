"""Whatever a request raises is answered as a problem."""

from collections.abc import Awaitable, Mapping

import azure.functions as func

from shared.adapters import telemetry
from shared.adapters.error_log import tell, warn
from shared.adapters.http.problems import Problem, first_of, internal, not_found
from shared.adapters.http.responses import NO_HEADERS
from shared.kernel.errors import (
    CommandIdReused,
    Conflict,
    EventTooLarge,
    KeysUnavailable,
    LogUnavailable,
    NewerCode,
    NumberTooLarge,
    OnewriteError,
    OutcomeUnknown,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    StreamFull,
    UnknownMessage,
    UnreadableCommit,
    UnreadableEvent,
    may_pass,
)

_KNOWN: Mapping[type[OnewriteError], tuple[int, str]] = {
    Conflict: (409, "Too many concurrent writes"),
    CommandIdReused: (422, "The Idempotency-Key was already used"),
    EventTooLarge: (413, "An event is too large for the log"),
    NumberTooLarge: (422, "A number cannot be stored exactly"),
    StoreRefused: (422, "The store rejected the write"),
    StreamFull: (507, "The stream is full"),
    UnreadableEvent: (500, "The new event cannot be read back"),
    StoreThrottled: (429, "The store is throttling requests"),
    KeysUnavailable: (503, "The token signing keys are unavailable"),
    LogUnavailable: (503, "The command queue is unavailable"),
    StoreUnavailable: (503, "The store is unavailable"),
    NewerCode: (503, "The stream contains an event of a newer release"),
    UnreadableCommit: (503, "The stream contains an unreadable item"),
    OutcomeUnknown: (503, "The outcome of the write is unknown"),
}
_LATER = (409, 429, 503)
# What the SDKs say names accounts and addresses, and what cannot be read or stored is data: it is logged, and the
# client is told what to do.
_ADVICE: Mapping[type[OnewriteError], str] = {
    NumberTooLarge: "Nothing was written. Integers beyond 2^53 cannot be stored exactly.",
    UnreadableEvent: "Nothing was written. The code of the category needs a fix.",
    UnreadableCommit: "Retry with the same Idempotency-Key once the item is repaired.",
    StoreRefused: "Nothing was written. A retry of the same command will fail again.",
    StreamFull: "Nothing was written. Continue in a new stream.",
    StoreThrottled: "Nothing was written. Retry after the seconds in Retry-After.",
    StoreUnavailable: "Nothing was written. Retry after the seconds in Retry-After.",
    KeysUnavailable: "Retry after the seconds in Retry-After.",
    LogUnavailable: "Retry with the same Idempotency-Key; the command takes effect once.",
    OutcomeUnknown: "Retry with the same Idempotency-Key; the command takes effect once.",
}


def later(error: OnewriteError | ExceptionGroup) -> Problem:
    """Tell a sender to deliver again: nothing of it is lost. Why is logged, and nobody else's business."""
    first = first_of(error)
    warn("a delivery has to come again", first)
    detail, known = "Nothing was lost. Deliver it again later.", {"Retry-After": "30"}
    _, title = _KNOWN.get(type(first), _KNOWN[StoreUnavailable])
    return Problem(503, first.code, title, detail, headers=known)


async def answered(
    answering: Awaitable[func.HttpResponse],
    headers: Mapping[str, str] = NO_HEADERS,
    stage: str = "a request",
) -> func.HttpResponse:
    """Await the answer to a request with headers, and give a problem in its place when there is none.

    What failed is logged under the stage, which is the name of the function.
    """
    try:
        return await answering
    except Problem as problem:
        return problem.response()
    except Exception as error:  # noqa: BLE001 - whatever is raised is answered
        first = _named(error)
        if isinstance(first, UnknownMessage):
            return not_found(f"There is no such {first.kind}.").response()
        trace = telemetry.trace_id(headers.get("traceparent"))
        if first is None:
            tell(f"{stage} failed, trace {trace}", error)
            return internal(trace).response()
        return _told(first, trace, stage).response()


def _named(error: Exception) -> OnewriteError | None:
    """Give what a client can be told of, None for what is our fault: bugs, broken data, wrong settings."""
    first = first_of(error) if may_pass(error) else error
    if isinstance(first, UnknownMessage) or type(first) in _KNOWN:
        return first if isinstance(first, OnewriteError) else None
    if isinstance(first, OnewriteError) and first.transient:
        return StoreUnavailable(str(first))
    return None


def _told(error: OnewriteError, trace: str, stage: str) -> Problem:
    status, title = _KNOWN[type(error)]
    headers = {"Retry-After": "1"} if status in _LATER else {}
    if isinstance(error, Conflict):
        headers["ETag"] = f'"{error.version}"'
    advice = _ADVICE.get(type(error))
    if advice is None:
        return Problem(status, error.code, title, str(error), headers=headers)
    warn(f"{stage} is answered with {status}, trace {trace}", error)
    return Problem(status, error.code, title, advice, headers=headers, trace=trace)
