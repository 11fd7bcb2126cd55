"""Whatever a request raises is answered as a problem."""

import logging
from collections.abc import Awaitable, Mapping

import azure.functions as func

from shared.adapters.http.problems import Problem, first_of, internal, not_found
from shared.kernel.errors import (
    CommandIdReused,
    Conflict,
    EventTooLarge,
    LogUnavailable,
    NumberTooLarge,
    OnewriteError,
    OutcomeUnknown,
    StoreThrottled,
    StoreUnavailable,
    UnknownMessage,
    may_pass,
)

_LOGGER = logging.getLogger("onewrite.http")

_KNOWN: Mapping[type[OnewriteError], tuple[int, str]] = {
    Conflict: (409, "Others were faster, again and again"),
    CommandIdReused: (422, "The command id was used before"),
    EventTooLarge: (413, "An event does not fit into the log"),
    NumberTooLarge: (422, "A number cannot be stored exactly"),
    StoreThrottled: (429, "The store is throttled"),
    LogUnavailable: (503, "The mailbox did not say whether it took the command"),
    StoreUnavailable: (503, "The store does not answer"),
    OutcomeUnknown: (
        503,
        "Whether the command took effect is not known: ask again with its Idempotency-Key",
    ),
}
_LATER = (409, 429, 503)


async def answered(answering: Awaitable[func.HttpResponse]) -> func.HttpResponse:
    """Await an answer, and give a problem in its place when there is none."""
    try:
        return await answering
    except Problem as problem:
        return problem.response()
    except Exception as error:
        first = first_of(error) if may_pass(error) else error
        if isinstance(first, UnknownMessage):
            return not_found(str(first)).response()
        if isinstance(first, OnewriteError) and type(first) in _KNOWN:
            return _known(first).response()
        # Nobody is told more than that it happened: here is all that is known of it.
        _LOGGER.exception("a request failed")
        return internal().response()


def _known(error: OnewriteError) -> Problem:
    status, title = _KNOWN[type(error)]
    headers = {"Retry-After": "1"} if status in _LATER else {}
    if isinstance(error, Conflict):
        headers["ETag"] = f'"{error.version}"'
    return Problem(status, error.code, title, str(error), headers=headers)
