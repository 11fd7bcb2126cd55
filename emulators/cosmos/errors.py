"""How Cosmos DB says no: a status, sometimes a substatus, a code and a sentence."""

from dataclasses import dataclass

CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    449: "RetryWith",
    503: "ServiceUnavailable",
}


@dataclass(slots=True)
class CosmosError(Exception):
    """An answer that is not a success."""

    status: int
    sentence: str
    substatus: int | None = None
    retry_after_ms: int | None = None

    @property
    def body(self) -> dict[str, str]:
        """The body of the answer."""
        return {"code": CODES.get(self.status, "BadRequest"), "message": self.sentence}


def unsupported(what: str) -> CosmosError:
    """Refuse by name what the emulator does not do."""
    return CosmosError(400, f"The emulator of Cosmos DB does not support {what}.")
