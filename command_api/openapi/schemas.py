"""The schemas of the document: commands, events and rows as pydantic describes them, and what wraps them."""

from collections.abc import Mapping
from typing import Any

from command_api.openapi.models import Models, Schema
from shared.adapters.http.problems import TYPE_PREFIX
from shared.kernel.commands.category import Category
from shared.kernel.domain import Domain
from shared.kernel.messages.message import type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View

VERSION: Schema = {"type": "integer", "minimum": 1}
TEXT: Schema = {"type": "string"}
STREAM: Schema = TEXT
MOMENT: Schema = {**TEXT, "format": "date-time"}
OUTCOMES = ["scheduled", "cancelled", "pending", "done", "refused", "failed"]
LINKS: dict[str, Schema] = {"self": TEXT, "next": TEXT, "prev": TEXT}
# A dot stands in no name of a model: no business can take these, nor those made of its categories and views.
STREAM_PAGE, QUEUED, COMMAND_STATUS, EFFECT, HEALTH, PROBLEM = (
    f"onewrite.{name}"
    for name in ("StreamPage", "Queued", "CommandStatus", "Effect", "Health", "Problem")
)


def ref(name: str) -> Schema:
    """Refer to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """Describe an object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def array(items: Schema) -> Schema:
    """Describe an array."""
    return {"type": "array", "items": items}


def stream_example(category: Category) -> str:
    """Name a stream of a category, as people would."""
    return str(StreamName(category.name, category.example))


def stream(*categories: Category) -> Schema:
    """Describe the name of a stream of one of these categories."""
    return {**STREAM, "examples": [stream_example(category) for category in categories]}


def schemas(domain: Domain, models: Models) -> dict[str, Schema]:
    """Describe everything that a client sends or sees."""
    described = dict(models.definitions)
    for category in domain.categories:
        described[outcome_name(category)] = _outcome(category, models)
        described[state_name(category)] = _state(category)
    for view in domain.views:
        row = {
            "stream": stream(*view.categories),
            "version": VERSION,
            "data": models.shown(view.data_type),
        }
        described[rows_name(view)] = record(
            {"view": {"const": view.name}, "key": {"type": "string"}, "rows": array(record(row))},
            LINKS,
        )
        described[list_name(view)] = record(
            {
                "view": {"const": view.name},
                "rows": array(record({"key": {"type": "string"}, **row})),
            },
            {**LINKS, "total": {**VERSION, "minimum": 0}},
        )
    others = {
        STREAM_PAGE: _stream_page(),
        QUEUED: record(
            {"stream": STREAM, "commandId": TEXT, "status": TEXT}, {"notBefore": MOMENT}
        ),
        COMMAND_STATUS: _command_status(),
        EFFECT: _effect(),
        HEALTH: _health(),
        PROBLEM: _problem(),
    }
    return {**described, **others}


def used(paths: Schema, schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Leave out what no operation refers to."""
    found: set[str] = set()
    more = _referred(paths)
    while more:
        found |= more
        more = {name for one in more for name in _referred(schemas[one])} - found
    return {name: schema for name, schema in schemas.items() if name in found}


def _referred(part: object) -> set[str]:
    match part:
        case {"$ref": str(to)}:
            return {to.rpartition("/")[2]}
        case dict():
            return {name for one in part.values() for name in _referred(one)}
        case list():
            return {name for one in part for name in _referred(one)}
        case _:
            return set()


def outcome_name(category: Category) -> str:
    """Name what a command of a category is answered with."""
    return f"{category.name}.Outcome"


def state_name(category: Category) -> str:
    """Name the state of a stream of a category."""
    return f"{category.name}.State"


def rows_name(view: View[Any]) -> str:
    """Name the rows of one key of a view."""
    return f"{view.name}.Rows"


def list_name(view: View[Any]) -> str:
    """Name a page of a view."""
    return f"{view.name}.List"


def _outcome(category: Category, models: Models) -> Schema:
    events = [
        record(
            {
                "version": VERSION,
                "type": {"const": type_name(event)},
                "schema": {"const": event.schema_number},
                "data": models.shown(event),
            }
        )
        for event in category.events
    ]
    return record(
        {
            "stream": stream(category),
            "commandId": {"type": "string"},
            "version": {**VERSION, "minimum": 0},
            "events": array({"oneOf": events} if len(events) > 1 else events[0]),
        }
    )


def _state(category: Category) -> Schema:
    return record(
        {"stream": stream(category), "version": VERSION, "state": {"type": "object"}},
    ) | {"description": f"A {category.name} as it was behind a version."}


def _stored_event() -> Schema:
    # The data of an event is shown as it was stored: in the schema of its day.
    return record(
        {
            "version": VERSION,
            "type": {"type": "string"},
            "schema": VERSION,
            "data": {"type": "object"},
        }
    )


def _command_status() -> Schema:
    return record(
        {
            "stream": STREAM,
            "commandId": TEXT,
            "outcome": {"enum": ["scheduled", "cancelled", "pending", "done", "refused", "failed"]},
        },
        {
            "notBefore": MOMENT,
            "version": {**VERSION, "minimum": 0},
            "events": array(_stored_event()),
            "code": TEXT,
            "refusal": TEXT,
            "detail": TEXT,
        },
    )


def _effect() -> Schema:
    return record(
        {
            "stream": STREAM,
            "commandId": TEXT,
            # What came to nothing leaves no trace: it looks like what is still on its way.
            "outcome": {"enum": ["done", "nothing so far"]},
            "caused": array(ref(EFFECT)),
        },
        {
            "command": TEXT,
            "time": TEXT,
            "actor": TEXT,
            "events": array(_stored_event()),
            # Of the root alone: whether everything was followed.
            "complete": {"type": "boolean"},
        },
    )


def _stream_page() -> Schema:
    event = _stored_event()
    metadata = record(
        {"correlationId": TEXT, "causationId": TEXT, "time": MOMENT},
        {"traceparent": TEXT, "tracestate": TEXT, "actor": TEXT, "accepted": MOMENT},
    )
    commit = record(
        {"version": VERSION, "commandId": TEXT, "metadata": metadata, "events": array(event)}
    )
    return record(
        {"stream": STREAM, "version": {**VERSION, "minimum": 0}, "commits": array(commit)},
        LINKS,
    )


def _health() -> Schema:
    check = record(
        {"name": {"type": "string"}, "ready": {"type": "boolean"}, "seconds": {"type": "number"}},
        {"error": {"type": "string"}},
    )
    return record({"status": {"enum": ["ready", "unready"]}, "checks": array(check)})


def _problem() -> Schema:
    return record(
        {
            "type": {"type": "string", "pattern": f"^{TYPE_PREFIX}[a-z-]+$"},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "code": TEXT,
        },
        {
            "refusal": TEXT,
            "traceId": TEXT,
            "errors": array(record({"pointer": TEXT, "detail": TEXT})),
        },
    )
