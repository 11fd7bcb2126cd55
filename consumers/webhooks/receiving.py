"""The webhook over HTTP: handshakes, then deliveries, each answered so that the sender does what is right.

2xx: done, or kept for an operator. 401 and 403: not from you. 400 and 413: never again. 503: try again.
"""

from collections.abc import Collection
from dataclasses import dataclass

import azure.functions as func
from pydantic_core import to_json

from consumers.webhooks.authentication import Authentication
from consumers.webhooks.deliveries import parse
from consumers.webhooks.handling import Webhooks
from consumers.webhooks.handshakes import Answer, greet, validate
from shared.adapters.http.problems import Problem, later, malformed, too_large, unauthenticated
from shared.kernel.errors import InvalidMessage, OnewriteError

# Event Grid delivers at most 1 MB (limits of the service), in one event or in a batch.
LARGEST = 1_100_000


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
                raise unauthenticated()
            if len(body) > LARGEST:
                raise too_large(LARGEST)
            events = parse(headers, body)
            await self.webhooks.handle(events)
        except Problem as problem:
            return problem.response()
        except InvalidMessage as error:
            return malformed(str(error)).response()
        except OnewriteError as error:
            return later(error).response()
        return _response(Answer(200, {}, {"taken": len(events)}))


def _response(answer: Answer) -> func.HttpResponse:
    return func.HttpResponse(
        to_json(answer.body),
        status_code=answer.status,
        headers=dict(answer.headers),
        mimetype="application/json",
    )
