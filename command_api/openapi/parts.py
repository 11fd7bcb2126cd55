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
    406: "not-acceptable",
    409: "conflict; of a cancellation, handed-over",
    410: "superseded",
    411: "length-required",
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
TAGS = r'^(\*|(W/)?"[!#-~]*"( ?, ?(W/)?"[!#-~]*"){0,9})$'
TEXT: Schema = {"type": "string"}
# An empty parameter is refused.
SOME_TEXT: Schema = {**TEXT, "minLength": 1}
TAG = {
    "ETag": {"schema": {"type": "string", "pattern": '^"[0-9]+"$'}, "description": "The version."}
}
CONTENT_TAG = {"ETag": {"schema": {"type": "string"}, "description": "What it was made of."}}
LOCATION = {
    "Location": {"schema": {"type": "string"}, "description": "Where to ask for the outcome."}
}
LATER = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}}


def answer(
    description: str,
    schema: Schema,
    headers: Mapping[str, Any] | None = None,
    links: Mapping[str, Schema] | None = None,
) -> Schema:
    """Describe an answer with a JSON body, and where it leads."""
    content = {"application/json": {"schema": schema}}
    described = {"description": description, "content": content, "headers": dict(headers or {})}
    return {**described, "links": dict(links)} if links else described


def query_answers(
    access: tuple[int, ...], ok: Schema, late: Schema | None = None
) -> dict[str, Schema]:
    """Describe how a query is answered: with what it asks for, with what is there by now, or not at all."""
    unchanged = {"description": "It is as it was under a tag of If-None-Match."}
    later = {} if late is None else {"202": late}
    others = problems(400, *access, 404, 406, 412, 429, 503)
    return {"200": ok, **later, "304": unchanged, **others}


def conditions() -> list[Schema]:
    """Describe the conditions that a query may name."""
    return [
        # What is no tag is none that is known: it is ignored, unlike in If-Match.
        header("If-None-Match", None, "What is known already: 304 if it is so."),
        header("If-Match", TAGS, "What it must still be: 412 if it is not.", '"7"'),
    ]


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


def header(name: str, pattern: str | None, description: str, sample: str | None = None) -> Schema:
    """Describe a header."""
    schema = {**TEXT, "pattern": pattern} if pattern else TEXT
    schema = {**schema, "examples": [sample]} if sample else schema
    return {"name": name, "in": "header", "schema": schema, "description": description}


def query(name: str, schema: Schema, description: str) -> Schema:
    """Describe a parameter of the query."""
    return {"name": name, "in": "query", "schema": schema, "description": description}
