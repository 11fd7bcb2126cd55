"""What operations are made of: parameters, headers, answers."""

from collections.abc import Mapping
from typing import Any

from command_api.openapi.models import Schema
from command_api.openapi.schemas import PROBLEM, ref
from shared.kernel.messages.stream import CATEGORY, ID

PROBLEMS = {
    400: "malformed",
    401: "unauthenticated, or without a body where the key is not known",
    403: "forbidden",
    404: "not-found",
    409: "conflict; of a cancellation, handed-over",
    412: "precondition-failed",
    413: "too-large, event-too-large",
    415: "unsupported-media-type",
    422: "refused, command-id-reused, number-too-large",
    429: "throttled",
    503: "outcome-unknown, unavailable, log-unavailable",
}
COMMAND_PROBLEMS = (400, 404, 409, 412, 413, 415, 422, 429, 503)
ID_PATTERN = f"^{ID}$"
STREAM_PATTERN = f"^{CATEGORY}-{ID}$"
TEXT: Schema = {"type": "string"}
TAG = {
    "ETag": {"schema": {"type": "string", "pattern": '^"[0-9]+"$'}, "description": "The version."}
}
LOCATION = {
    "Location": {"schema": {"type": "string"}, "description": "Where to ask for the outcome."}
}
LATER = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}}


def answer(description: str, schema: Schema, headers: Mapping[str, Any] | None = None) -> Schema:
    """Describe an answer with a JSON body."""
    content = {"application/json": {"schema": schema}}
    return {"description": description, "content": content, "headers": dict(headers or {})}


def access(hook: object | None) -> tuple[int, ...]:
    """Give the statuses of who may not ask: what a domain forbids can happen where it has a hook for that."""
    return (401, 403) if hook is not None else (401,)


def problems(*statuses: int) -> dict[str, Schema]:
    """Describe the problems of these statuses, in their order."""
    return {
        str(status): {
            "description": PROBLEMS[status],
            "content": {"application/problem+json": {"schema": ref(PROBLEM)}},
        }
        for status in sorted(statuses)
    }


def path(name: str, pattern: str, description: str, sample: str) -> Schema:
    """Describe a parameter of the path."""
    schema = {**TEXT, "pattern": pattern, "examples": [sample]}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        "description": description,
    }


def header(name: str, pattern: str | None, description: str) -> Schema:
    """Describe a header."""
    schema = {**TEXT, "pattern": pattern} if pattern else TEXT
    return {"name": name, "in": "header", "schema": schema, "description": description}


def query(name: str, schema: Schema, description: str) -> Schema:
    """Describe a parameter of the query."""
    return {"name": name, "in": "query", "schema": schema, "description": description}
