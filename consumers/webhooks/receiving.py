"""The webhook over HTTP: handshakes, then deliveries, each answered so that the sender does what is right.

2xx: done, or kept for an operator. 401 and 403: not from you. 400: never again, it cannot be read. 503: try again.
"""

from collections.abc import Collection
from dataclasses import dataclass

import azure.functions as func
from pydantic_core import to_json

from consumers.webhooks.authentication import Authentication
from consumers.webhooks.deliveries import parse
from consumers.webhooks.handling import Webhooks
from consumers.webhooks.handshakes import Answer, greet, validate
from shared.adapters.http.problems import Problem, malformed
from shared.kernel.errors import InvalidMessage, OnewriteError


@dataclass(frozen=True, slots=True)
class Receiver:
    """Lets in whom the settings name."""

    webhooks: Webhooks
    authentication: Authentication
    origins: Collection[str]
    subscriptions: Collection[str]

    async def receive(self, req: func.HttpRequest) -> func.HttpResponse:
        """Answer a handshake, or take a delivery."""
        if req.method == "OPTIONS":
            return _response(greet(req.headers.get("WebHook-Request-Origin"), self.origins))
        headers = {name.lower(): value for name, value in req.headers.items()}
        body = req.get_body()
        validated = validate(headers, body, self.subscriptions)
        if validated is not None:
            return _response(validated)
        try:
            if not await self.authentication.admits(headers, req.params):
                return _unknown().response()
            events = parse(headers, body)
            await self.webhooks.handle(events)
        except InvalidMessage as error:
            return malformed(str(error)).response()
        except OnewriteError as error:
            return _later(error).response()
        return _response(Answer(200, {}, {"taken": len(events)}))


def _unknown() -> Problem:
    detail = "A delivery shows a secret that we know, or a token that was made for us."
    return Problem(401, "unauthenticated", "Who are you?", detail)


def _later(error: OnewriteError) -> Problem:
    later = {"Retry-After": "30"}
    return Problem(503, error.code, "Not now: deliver again", str(error), headers=later)


def _response(answer: Answer) -> func.HttpResponse:
    return func.HttpResponse(
        to_json(answer.body),
        status_code=answer.status,
        headers=dict(answer.headers),
        mimetype="application/json",
    )
