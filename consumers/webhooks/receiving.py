"""The webhook over HTTP: handshakes, then deliveries, each answered so that the sender does what is right.

2xx: done, or kept for an operator. 401 and 403: not from you. 400, 413 and 415: not so. 503: try again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import azure.functions as func
from pydantic_core import to_json

from consumers.webhooks.authentication import Authentication
from consumers.webhooks.deliveries import parse
from consumers.webhooks.handling import Webhooks
from consumers.webhooks.handshakes import Answer, asks, greet, validate
from shared.adapters.http.problems import (
    Problem,
    later,
    malformed,
    too_large,
    unauthenticated,
    unsupported_media_type,
)
from shared.kernel.errors import InvalidMessage, OnewriteError

# Event Grid delivers at most 1 MB (limits of the service), in one event or in a batch.
LARGEST = 1_100_000
# Whoever asks for a handshake is not known yet.
LARGEST_HANDSHAKE = 16_384
# Event Grid waits 30 seconds for an answer. So many take one of them, or five on a busy machine.
MOST_EVENTS = 100
TAKEN = frozenset(
    {
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
    }
)


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
        try:
            _check(headers, body)
            if asks(headers):
                return _response(validate(headers, body, self.subscriptions))
            if not await self.authentication.admits(headers, req.params):
                raise unauthenticated()
            events = parse(headers, body)
            if len(events) > MOST_EVENTS:
                raise too_large(MOST_EVENTS, "events")
            await self.webhooks.handle(events)
        except Problem as problem:
            return problem.response()
        except InvalidMessage as error:
            return malformed(str(error)).response()
        except (OnewriteError, ExceptionGroup) as error:
            return later(error).response()
        return _response(Answer(200, {}, {"taken": len(events)}))


def _check(headers: Mapping[str, str], body: bytes) -> None:
    """Look at a request from outside, before anything reads it; raises Problem."""
    most = LARGEST_HANDSHAKE if asks(headers) else LARGEST
    if len(body) > most:
        raise too_large(most)
    media_type, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
    if media_type.partition(";")[0].strip().lower() not in TAKEN:
        raise unsupported_media_type(media_type, f"A delivery is {' or '.join(sorted(TAKEN))}")
    if encoding.lower() not in {"", "identity"}:
        raise unsupported_media_type(encoding, "A delivery is not encoded")


def _response(answer: Answer) -> func.HttpResponse:
    return func.HttpResponse(
        to_json(answer.body),
        status_code=answer.status,
        headers=dict(answer.headers),
        mimetype="application/json",
    )
