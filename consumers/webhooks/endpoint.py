"""The webhook over HTTP: handshakes, then deliveries, each answered so that the sender does what is right.

2xx: done, or kept for an operator. 401 and 403: not from you. 400, 413 and 415: not so. 503: try again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import azure.functions as func
from pydantic_core import to_json

from consumers.webhooks.authentication import Authentication
from consumers.webhooks.cloudevent_modes import is_binary
from consumers.webhooks.delivery_bodies import parse
from consumers.webhooks.handshakes import Answer, asks, greet, validate
from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.http.answering import later
from shared.adapters.http.bodies import check_body, check_charset, media_type
from shared.adapters.http.problems import (
    Problem,
    gone,
    malformed,
    not_admitted,
    too_large,
    unauthenticated,
    unsupported_media_type,
)
from shared.adapters.identity.webhook_senders import Sender
from shared.kernel.errors import InvalidMessage, OnewriteError, OutcomeUnknown
from shared.kernel.messages.inbound_event import InboundEvent

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


BUDGET = 15.0
"""Seconds for all of an answer, the opening of the store included: Event Grid waits for 30."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Lets in whom the settings name; `webhooks` opens what takes the events."""

    webhooks: Callable[[], Awaitable[Webhooks]]
    authentication: Authentication
    origins: Collection[str]
    subscriptions: Collection[str]

    async def receive(self, req: func.HttpRequest) -> func.HttpResponse:
        """Answer a handshake, or take a delivery; what is cut off by the time is settled when it comes again."""
        origin = req.headers.get("WebHook-Request-Origin")
        if req.method == "OPTIONS" and origin is None:
            # Nobody asks for a handshake (RFC 9110, section 9.3.7).
            return func.HttpResponse(status_code=204, headers={"Allow": "OPTIONS, POST"})
        try:
            if req.method == "OPTIONS":
                return _response(greet(origin or "", self.origins))
            async with asyncio.timeout(BUDGET):
                return _response(await self._answer(req))
        except Problem as problem:
            return problem.response()
        except InvalidMessage as error:
            return malformed(str(error)).response()
        except TimeoutError:
            return later(OutcomeUnknown(f"not all was done within {BUDGET:.0f} s")).response()
        except (OnewriteError, ExceptionGroup) as error:
            return later(error).response()

    async def _answer(self, req: func.HttpRequest) -> Answer:
        headers = {name.lower(): value for name, value in req.headers.items()}
        body = req.get_body()
        _check(headers, body)
        if asks(headers):
            return validate(headers, body, self.subscriptions)
        sender = await self.authentication.sender(headers, req.params)
        if sender is None:
            raise unauthenticated()
        events = _admitted(sender, parse(headers, body))
        await (await self.webhooks()).handle(events)
        return Answer(200, {}, {"taken": len(events)})


def _admitted(sender: Sender, events: Sequence[InboundEvent]) -> Sequence[InboundEvent]:
    """Give the events of a delivery that are wanted if its sender may deliver all of them; raises Problem."""
    if len(events) > MOST_EVENTS:
        raise too_large(MOST_EVENTS, "events")
    wanted = [one for one in events if not sender.is_gone(one.source, one.type)]
    for number, event in enumerate(events):
        if event in wanted and not sender.may_deliver(event.source, event.type):
            raise not_admitted(number)
    if events and not wanted:
        raise gone()
    return wanted


def _check(headers: Mapping[str, str], body: bytes) -> None:
    """Look at a request from outside, before anything reads it; raises Problem."""
    most = LARGEST_HANDSHAKE if asks(headers) else LARGEST
    if len(body) > most:
        raise too_large(most)
    check_body(headers, body, "A delivery")
    if is_binary(headers):
        return
    if media_type(headers) not in TAKEN:
        raise unsupported_media_type(f"A delivery is {' or '.join(sorted(TAKEN))}.")
    check_charset(headers, "A delivery")


def _response(answer: Answer) -> func.HttpResponse:
    return func.HttpResponse(
        to_json(answer.body),
        status_code=answer.status,
        headers=dict(answer.headers),
        mimetype="application/json",
    )
