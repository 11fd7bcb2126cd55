"""How Cosmos DB says no: a status, sometimes a substatus, a code and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulators.cosmos import words

RANGE_IS_GONE = 1002
CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    449: "RetryWith",
    500: "InternalServerError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}


@dataclass(slots=True)
class CosmosError(Exception):
    """An answer that is not a success; its sentence is guessed, unless the README's table or `words` has it.

    The hint is the emulator's own, and stands behind what the service says.
    """

    status: int
    sentence: str
    substatus: int | None = None
    retry_after_ms: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""

    def body(self, activity: str) -> dict[str, Any]:
        """Give the body of the answer to a request with an activity id."""
        code = CODES.get(self.status, "BadRequest")
        message = f"{self.sentence}\r\nActivityId: {activity}"
        return {"code": code, "message": ", ".join(filter(None, (message, self.hint))), **self.more}


def range_is_gone(range_: str) -> CosmosError:
    """Say that a range has split or merged, or never was: the client asks which there are now."""
    hint = f"there is no partition key range {range_!r}"
    return CosmosError(410, words.GONE, substatus=RANGE_IS_GONE, hint=hint)


def unsupported(what: str) -> CosmosError:
    """Refuse by name what the emulator does not do."""
    return CosmosError(501, f"The emulator of Cosmos DB does not support {what}.")
