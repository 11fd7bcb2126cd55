"""The schemas of the document: commands, events and rows as pydantic describes them, and what wraps them."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.adapters.http.problems import TYPE_PREFIX
from shared.kernel.commands.category import Category
from shared.kernel.domain import Domain
from shared.kernel.messages.message import type_name
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View

type Schema = dict[str, Any]

VERSION: Schema = {"type": "integer", "minimum": 1}
STREAM: Schema = {"type": "string"}


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


def stream(category: Category) -> Schema:
    """Describe the name of a stream of a category."""
    return {**STREAM, "examples": [stream_example(category)]}


def schemas(domain: Domain) -> dict[str, Schema]:
    """Describe everything that a client sends or sees."""
    models: list[Any] = [
        *(
            (command, "validation")
            for category in domain.categories
            for command in category.commands
        ),
        *((event, "serialization") for category in domain.categories for event in category.events),
        *((view.data_type, "serialization") for view in domain.views),
    ]
    _, found = models_json_schema(
        models, by_alias=True, ref_template="#/components/schemas/{model}"
    )
    described: dict[str, Schema] = found["$defs"]
    for category in domain.categories:
        described[outcome_name(category)] = _outcome(category)
        described[state_name(category)] = _state(category)
    for view in domain.views:
        row = {
            "stream": stream(view.category),
            "version": VERSION,
            "data": ref(view.data_type.__name__),
        }
        described[rows_name(view)] = record(
            {"view": {"const": view.name}, "key": {"type": "string"}, "rows": array(record(row))},
            {"next": {"type": "string"}},
        )
        described[list_name(view)] = record(
            {
                "view": {"const": view.name},
                "rows": array(record({"key": {"type": "string"}, **row})),
            },
            {"next": {"type": "string"}},
        )
    others = {
        "StreamPage": _stream_page(),
        "Queued": _queued(),
        "CommandStatus": _command_status(),
        "Effect": _effect(),
        "Health": _health(),
        "Problem": _problem(),
    }
    return {**described, **others}


def outcome_name(category: Category) -> str:
    """Name what a command of a category is answered with."""
    return f"{category.name.title()}Outcome"


def state_name(category: Category) -> str:
    """Name the state of a stream of a category."""
    return f"{category.name.title()}State"


def rows_name(view: View[Any]) -> str:
    """Name the rows of one key of a view."""
    return f"{view.name.title()}Rows"


def list_name(view: View[Any]) -> str:
    """Name a page of a view."""
    return f"{view.name.title()}List"


def _outcome(category: Category) -> Schema:
    events = [
        record(
            {
                "version": VERSION,
                "type": {"const": type_name(event)},
                "schema": {"const": event.schema_number},
                "data": ref(type_name(event)),
            }
        )
        for event in category.events
    ]
    return record(
        {
            "stream": stream(category),
            "commandId": {"type": "string"},
            "version": {**VERSION, "minimum": 0},
            "events": array({"oneOf": events}),
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


def _queued() -> Schema:
    text: Schema = {"type": "string"}
    return record({"stream": STREAM, "commandId": text, "status": text})


def _command_status() -> Schema:
    text: Schema = {"type": "string"}
    return record(
        {
            "stream": STREAM,
            "commandId": text,
            "outcome": {"enum": ["pending", "done", "refused", "failed"]},
        },
        {
            "version": {**VERSION, "minimum": 0},
            "events": array(_stored_event()),
            "code": text,
            "refusal": text,
            "detail": text,
        },
    )


def _effect() -> Schema:
    text: Schema = {"type": "string"}
    return record(
        {
            "stream": STREAM,
            "commandId": text,
            # What came to nothing leaves no trace: it looks like what is still on its way.
            "outcome": {"enum": ["done", "nothing so far"]},
            "caused": array(ref("Effect")),
        },
        {
            "command": text,
            "time": text,
            "actor": text,
            "events": array(_stored_event()),
            # Of the root alone: whether everything was followed.
            "complete": {"type": "boolean"},
        },
    )


def _stream_page() -> Schema:
    event = _stored_event()
    text: Schema = {"type": "string"}
    moment: Schema = {**text, "format": "date-time"}
    metadata = record(
        {"correlationId": text, "causationId": text, "time": moment},
        {"traceparent": text, "actor": text, "accepted": moment},
    )
    commit = record(
        {"version": VERSION, "commandId": text, "metadata": metadata, "events": array(event)}
    )
    return record(
        {"stream": STREAM, "version": {**VERSION, "minimum": 0}, "commits": array(commit)},
        {"next": text},
    )


def _health() -> Schema:
    check = record(
        {"name": {"type": "string"}, "ready": {"type": "boolean"}, "seconds": {"type": "number"}},
        {"error": {"type": "string"}},
    )
    return record({"status": {"enum": ["ready", "unready"]}, "checks": array(check)})


def _problem() -> Schema:
    text: Schema = {"type": "string"}
    return record(
        {
            "type": {"type": "string", "pattern": f"^{TYPE_PREFIX}[a-z-]+$"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text,
        },
        {
            "refusal": text,
            "traceId": text,
            "errors": array(record({"pointer": text, "detail": text})),
        },
    )
