"""How Event Grid says no: a status, a code, a sentence, in the service's JSON shape."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}


@dataclass(slots=True)
class EventGridError(Exception):
    """An answer that is not a success; `detail` is the code inside `details`, the outer one if not given.

    The sentence is guessed, unless the README's table has it.
    """

    status: int
    sentence: str
    detail: str | None = None
    retry_after: float = 0.0

    @property
    def body(self) -> dict[str, Any]:
        """The body of the answer ("Post to custom topic for Azure Event Grid", section Response)."""
        code = CODES.get(self.status, "BadRequest")
        inner = {"code": self.detail or code, "message": self.sentence}
        return {"error": {"code": code, "message": self.sentence, "details": [inner]}}

    @property
    def answer(self) -> web.Response:
        """The answer itself."""
        headers = {"Retry-After": f"{self.retry_after:g}"} if self.retry_after else None
        return web.json_response(self.body, status=self.status, headers=headers)


def unsupported(what: str, status: int = 400) -> EventGridError:
    """Refuse by name what the emulator does not do."""
    return EventGridError(status, f"The emulator of Event Grid does not support {what}.")
