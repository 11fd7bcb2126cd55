"""The operations of the document: one for each command, and the queries."""

from collections.abc import Mapping, Sequence
from inspect import cleandoc
from typing import Any

from command_api import idempotency_key, paging
from command_api.openapi import links, schemas
from command_api.openapi.command_examples import example
from command_api.openapi.models import Models, Schema
from command_api.openapi.parts import (
    COMMAND_PROBLEMS,
    CONTENT_TAG,
    ID_PATTERN,
    LATER,
    LOCATION,
    SOME_TEXT,
    TAG,
    TAGS,
    TEXT,
    access,
    answer,
    conditions,
    header,
    path,
    problems,
    query,
    query_answers,
)
from command_api.openapi.schemas import ref, stream_example
from command_api.views import AT_LEAST_RULE, STREAM_RULE
from shared.kernel.commands.category import Category
from shared.kernel.messages.message import Command, route_name, type_name
from shared.kernel.messages.stream import ID_RULE
from shared.kernel.views.fields import ListField, list_fields
from shared.kernel.views.view import View

DECIDED = "Decided on the stream as it is, and stored by one write. Sent again under its key, it changes nothing."


def command(
    category: Category, command_type: type[Command], views: Sequence[View[Any]], models: Models
) -> Schema:
    """Describe a command, and where its answers lead."""
    leads = links.of_command(category, views)
    outcome, body = ref(schemas.outcome_name(category)), models.received(command_type)
    summary, _, more = cleandoc(command_type.__doc__ or "").partition("\n")
    return {
        "operationId": f"{category.name}.{type_name(command_type)}",
        "summary": summary
        or f"{route_name(command_type)} of {category.name} streams.".capitalize(),
        "description": more.strip() or DECIDED,
        "tags": [category.name],
        "parameters": [
            path("id", ID_PATTERN, f"An id: {ID_RULE}.", category.example),
            header(
                idempotency_key.NAME,
                idempotency_key.RULE,
                "The command's id, in quotes: sent again, it takes effect once.",
                '"8e03978e-40d5"',
            ),
            header("If-Match", TAGS, "The version that was seen; not so: 412.", '"7"'),
            header("If-None-Match", TAGS, "The version to differ from; *: none yet.", "*"),
            header(
                "Prefer",
                None,
                "return=minimal, until=projected, wait=<seconds>, respond-async, request-charge.",
            ),
            {
                **header("Not-Before", None, "Keeps the command until then (with respond-async)."),
                # In HTTP's own form, too: `format` is a hint (JSON Schema 2020-12, section 7.2.1).
                "schema": {**TEXT, "format": "date-time"},
            },
            header("Correlation-Id", "^[!-~]{1,128}$", "Carried into all that follows.", "c1"),
            header("traceparent", None, "W3C Trace Context."),
            header("tracestate", None, "What vendors say of the trace."),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": body,
                    "example": example(category, command_type, models),
                }
            },
        },
        "responses": {
            "200": answer("What the command caused.", outcome, TAG, leads),
            "202": answer(
                "Stored, and not projected in time; or waiting in the mailbox (respond-async).",
                {"anyOf": [outcome, ref(schemas.QUEUED)]},
                {**TAG, **LATER, **LOCATION},
                {**leads, "cancellation": links.cancellation()},
            ),
            "204": {"description": "Done (return=minimal).", "headers": TAG},
            **problems(*COMMAND_PROBLEMS, *access(category.allow)),
        },
    }


def view_key(view: View[Any]) -> Schema:
    """Describe the query of one key of a view."""
    rows, stream = ref(schemas.rows_name(view)), stream_example(view.category)
    return {
        "operationId": f"views.{view.name}.Read",
        "summary": f"What '{view.name}' holds under a key.",
        "description": "The view follows what is stored: `at-least` waits until it has seen a version.",
        "tags": [f"view {view.name}"],
        "parameters": [
            path("key", f"^{paging.KEY_RULE}$", "The key.", view.category.example),
            query(
                "at-least",
                {**TEXT, "pattern": f"^{AT_LEAST_RULE}$", "examples": [f"{stream}@7"]},
                "Wait until the row (of a stream) has seen a version.",
            ),
            query("after", {"type": "string", "pattern": f"^{STREAM_RULE}$"}, "Behind a stream."),
            header("Prefer", None, "wait=<seconds>."),
            *conditions(),
        ],
        "responses": query_answers(
            access(view.may_read),
            answer("The rows.", rows, CONTENT_TAG),
            answer("The rows, which have not seen the version yet.", rows, LATER),
        ),
    }


def view_list(view: View[Any]) -> Schema:
    """Describe the list of a view."""
    filters = [
        _filter(field, suffix)
        for field in list_fields(view.data_type).values()
        for suffix in paging.suffixes(field)
    ]
    sorts = [f"{sign}{sort}" for sort in view.sorts for sign in ("", "-")]
    return {
        "operationId": f"views.{view.name}.List",
        "summary": f"The rows of '{view.name}', filtered, sorted, page by page.",
        "description": "Each page says in `next` and `prev` where those beside it are; so does the header `Link`.",
        "tags": [f"view {view.name}"],
        "parameters": [
            *filters,
            query("sort", {"type": "string", "enum": sorts}, "By key, if not given."),
            query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": paging.MOST},
                "Rows on a page.",
            ),
            query("after", SOME_TEXT, "Where the page begins: see `next`."),
            query("before", SOME_TEXT, "Where the page ends: see `prev`."),
            header("Prefer", None, "count=exact: tells as `total` how many rows all pages have."),
            *conditions(),
        ],
        "responses": query_answers(
            access(view.may_read), answer("A page.", ref(schemas.list_name(view)), CONTENT_TAG)
        ),
    }


_FILTERS = {
    "": "Equal to it.",
    ".in": "Equal to one of these, with commas between them; one that holds a comma in quotes.",
    ".from": "Not less than it.",
    ".to": "Not greater than it.",
    ".prefix": "Begins with it.",
    ".null": "Whether it has no value.",
}
_TYPES: Mapping[type, Schema] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def _filter(field: ListField, suffix: str) -> Schema:
    """Describe a condition on a field."""
    match suffix:
        case ".in" | ".prefix":
            schema = SOME_TEXT
        case ".null":
            schema = _TYPES[bool]
        case _:
            schema = _value(field)
    return query(f"{field.name}{suffix}", schema, _FILTERS[suffix])


def _value(field: ListField) -> Schema:
    if field.choices:
        return {"enum": list(field.choices.values())}
    if field.kind.form is not None:
        return {**field.kind.form.json_schema}
    return _TYPES.get(field.type, SOME_TEXT)


def health() -> Schema:
    """Describe the question whether the API is ready."""
    return {
        "operationId": "health.Read",
        "summary": "Whether the API is ready, and if not, why.",
        "description": "Asks everything that the functions cannot do without.",
        "tags": ["health"],
        "security": [{}],
        "responses": {
            "200": answer("Ready.", ref(schemas.HEALTH)),
            "503": answer("Not ready.", ref(schemas.HEALTH), LATER),
            **problems(412),
        },
    }
