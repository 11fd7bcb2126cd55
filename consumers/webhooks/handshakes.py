"""The two handshakes: who may send events here is asked before the first one comes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

VALIDATION = "SubscriptionValidation"


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the headers and the body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


NOBODY = Answer(403, {}, {})


def greet(origin: str | None, allowed: Collection[str]) -> Answer:
    """Answer the question of CloudEvents (HTTP 1.1 Web Hooks, section 4) to origins that are allowed."""
    if origin is None or origin not in allowed:
        return NOBODY
    headers = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*", "Allow": "POST"}
    return Answer(200, headers, {})


def validate(headers: Mapping[str, str], body: bytes, allowed: Collection[str]) -> Answer | None:
    """Answer the question of Event Grid, for subscriptions that are allowed; None when it is none."""
    if headers.get("aeg-event-type") != VALIDATION:
        return None
    # Event Grid writes the names of subscriptions in capitals.
    known = {name.lower() for name in allowed}
    if headers.get("aeg-subscription-name", "").lower() not in known:
        return NOBODY
    code = _code(body)
    return NOBODY if code is None else Answer(200, {}, {"validationResponse": code})


def _code(body: bytes) -> str | None:
    try:
        code = from_json(body)[0]["data"]["validationCode"]
    except (ValueError, LookupError, TypeError):
        return None
    return code if isinstance(code, str) else None
