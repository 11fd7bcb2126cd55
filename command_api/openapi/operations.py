"""The operations of the document: one for each command, and the queries."""

from collections.abc import Mapping, Sequence
from typing import Any

from command_api import paging
from command_api.openapi import schemas
from command_api.openapi.schemas import Schema, ref
from command_api.views import AT_LEAST_RULE, KEY_RULE
from shared.kernel.category import Category
from shared.kernel.message import Command, type_name
from shared.kernel.stream import ID_RULE
from shared.kernel.view import View

PROBLEMS = {
    400: "malformed",
    404: "not-found",
    409: "conflict",
    412: "precondition-failed",
    413: "too-large, event-too-large",
    415: "unsupported-media-type",
    422: "refused, command-id-reused, number-too-large",
    429: "throttled",
    503: "outcome-unknown, unavailable, log-unavailable",
}
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
STREAM_PATTERN = r"^[a-z][a-z0-9]{0,49}-[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
_TEXT: Schema = {"type": "string"}
_TAG = {
    "ETag": {"schema": {"type": "string", "pattern": '^"[0-9]+"$'}, "description": "The version."}
}
_LOCATION = {
    "Location": {"schema": {"type": "string"}, "description": "Where to ask for the outcome."}
}
_LATER = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}}


def command(category: Category, command_type: type[Command]) -> Schema:
    """Describe a command."""
    outcome = ref(schemas.outcome_name(category))
    return {
        "operationId": type_name(command_type),
        "summary": (command_type.__doc__ or "").strip(),
        "tags": [category.name],
        "parameters": [
            _path("id", ID_PATTERN, f"An id: {ID_RULE}.", "SKU1"),
            _header(
                "Idempotency-Key",
                "^[!-~]{1,128}$",
                "The command's id: sent again, it takes effect once.",
            ),
            _header(
                "If-Match", '^"(0|[1-9][0-9]{0,14})"$', "The version that was seen; not so: 412."
            ),
            _header("If-None-Match", r"^\*$", "The stream must not exist yet."),
            _header(
                "Prefer",
                None,
                "return=minimal, until=projected, wait=<seconds>, respond-async, request-charge.",
            ),
            _header("Correlation-Id", "^[!-~]{1,128}$", "Carried into everything that follows."),
            _header("traceparent", None, "W3C Trace Context."),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": ref(type_name(command_type)),
                    "example": example(command_type),
                }
            },
        },
        "responses": {
            "200": _json("What the command caused.", outcome, _TAG),
            "202": _json(
                "Stored, and not projected in time; or waiting in the mailbox (respond-async).",
                {"anyOf": [outcome, ref("Queued")]},
                {**_TAG, **_LATER, **_LOCATION},
            ),
            "204": {"description": "Done (return=minimal).", "headers": _TAG},
            **_problems(*PROBLEMS),
        },
    }


def stream(categories: Sequence[Category]) -> Schema:
    """Describe the query of a stream."""
    states = [ref(schemas.state_name(category)) for category in categories]
    return {
        "operationId": "ReadStream",
        "summary": "The commits of a stream after a version, or its state at one.",
        "tags": ["streams"],
        "parameters": [
            _path("stream", STREAM_PATTERN, "A category, a dash, an id.", "item-SKU1"),
            _query(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
                "Commits behind it.",
            ),
            _query(
                "at", {"type": "integer", "minimum": 1, "maximum": 10**15 - 1}, "The state there."
            ),
        ],
        "responses": {
            "200": _json("A page, or a state.", {"anyOf": [ref("StreamPage"), *states]}, _TAG),
            **_problems(400, 404, 429, 503),
        },
    }


def outcome() -> Schema:
    """Describe the question what became of a command that waited."""
    token: Schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}
    return {
        "operationId": "ReadOutcome",
        "summary": "What became of a command that waited: pending, done, refused or failed.",
        "tags": ["streams"],
        "parameters": [
            _path("stream", STREAM_PATTERN, "A category, a dash, an id.", "item-SKU1"),
            _query("command-id", token, "The command's id.") | {"required": True},
        ],
        "responses": {
            "200": _json("What is known.", ref("Told"), {**_TAG, **_LATER}),
            **_problems(400, 404, 429, 503),
        },
    }


def view_key(view: View[Any]) -> Schema:
    """Describe the query of one key of a view."""
    rows = ref(schemas.rows_name(view))
    return {
        "operationId": f"Read{view.name.title()}",
        "summary": f"What '{view.name}' holds under a key.",
        "tags": [f"view {view.name}"],
        "parameters": [
            _path("key", f"^{KEY_RULE}$", "The key.", "SKU1"),
            _query(
                "at-least",
                {"type": "string", "pattern": f"^{AT_LEAST_RULE}$", "examples": ["item-SKU1@7"]},
                "Wait until the row (of a stream) has seen a version.",
            ),
            _header("Prefer", None, "wait=<seconds>."),
        ],
        "responses": {
            "200": _json("The rows.", rows),
            "202": _json("The rows, which have not seen the version yet.", rows, _LATER),
            **_problems(400, 404, 429, 503),
        },
    }


def view_list(view: View[Any]) -> Schema:
    """Describe the list of a view."""
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean"}
    filters = [
        _query(f"{name}{suffix}", {"type": kinds[kind]}, "A condition.")
        for name, kind in paging.fields(view).items()
        for suffix in ("", ".from", ".to")
    ]
    sorts = [f"{sign}{sort}" for sort in view.sorts for sign in ("", "-")]
    return {
        "operationId": f"List{view.name.title()}",
        "summary": f"The rows of '{view.name}', filtered, sorted, page by page.",
        "tags": [f"view {view.name}"],
        "parameters": [
            *filters,
            _query("sort", {"type": "string", "enum": sorts}, "By key, if not given."),
            _query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": paging.MOST},
                "Rows on a page.",
            ),
            _query("after", _TEXT, "Where the page begins: see `next`."),
        ],
        "responses": {
            "200": _json("A page.", ref(schemas.list_name(view))),
            **_problems(400, 404, 429, 503),
        },
    }


def health() -> Schema:
    """Describe the question whether the API is ready."""
    return {
        "operationId": "ReadHealth",
        "summary": "Whether the API is ready, and if not, why.",
        "tags": ["health"],
        "security": [{}],
        "responses": {
            "200": _json("Ready.", ref("Health")),
            "503": _json("Not ready.", ref("Health"), _LATER),
        },
    }


def example(command_type: type[Command]) -> dict[str, Any]:
    """Make an example of a command of the examples of its fields."""
    return {
        field.alias or name: field.examples[0]
        for name, field in command_type.model_fields.items()
        if field.examples
    }


def _json(description: str, schema: Schema, headers: Mapping[str, Any] | None = None) -> Schema:
    content = {"application/json": {"schema": schema}}
    return {"description": description, "content": content, "headers": dict(headers or {})}


def _problems(*statuses: int) -> dict[str, Schema]:
    return {
        str(status): {
            "description": PROBLEMS[status],
            "content": {"application/problem+json": {"schema": ref("Problem")}},
        }
        for status in statuses
    }


def _path(name: str, pattern: str, description: str, sample: str) -> Schema:
    schema = {**_TEXT, "pattern": pattern, "examples": [sample]}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema,
        "description": description,
    }


def _header(name: str, pattern: str | None, description: str) -> Schema:
    schema = {**_TEXT, "pattern": pattern} if pattern else _TEXT
    return {"name": name, "in": "header", "schema": schema, "description": description}


def _query(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": description}
