"""The two handshakes: who may send events here is asked before the first one comes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from shared.adapters.http.problems import unexpected_handshake

VALIDATION = "SubscriptionValidation"
VALIDATION_EVENT = "Microsoft.EventGrid.SubscriptionValidationEvent"


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the headers and the body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


def greet(origin: str, allowed: Collection[str]) -> Answer:
    """Answer the question of CloudEvents (HTTP 1.1 Web Hooks, section 4); raises Problem for another origin."""
    if origin not in allowed:
        raise unexpected_handshake()
    headers = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*", "Allow": "POST"}
    return Answer(200, headers, {})


def asks(headers: Mapping[str, str]) -> bool:
    """Tell whether a request is the question of Event Grid."""
    return headers.get("aeg-event-type") == VALIDATION


def validate(headers: Mapping[str, str], body: bytes, allowed: Collection[str]) -> Answer:
    """Answer the question of Event Grid; raises Problem for a subscription that is not allowed."""
    # Event Grid writes the names of subscriptions in capitals.
    known = {name.lower() for name in allowed}
    expected = headers.get("aeg-subscription-name", "").lower() in known
    code = _code(body) if expected else None
    if code is None:
        raise unexpected_handshake()
    return Answer(200, {}, {"validationResponse": code})


def _code(body: bytes) -> str | None:
    try:
        event = from_json(body)[0]
        kind, code = event["eventType"], event["data"]["validationCode"]
    except (ValueError, LookupError, TypeError):
        return None
    return code if kind == VALIDATION_EVENT and isinstance(code, str) else None
