"""Where an answer leads: the operations that take what stands in it (OpenAPI 3.1.0, Link Object)."""

from collections.abc import Iterable, Mapping
from typing import Any

from command_api.openapi.models import Schema
from shared.kernel.commands.category import Category
from shared.kernel.views.view import View

_STREAM = "$response.body#/stream"
_COMMAND_ID = "$response.body#/commandId"


def of_command(category: Category, views: Iterable[View[Any]]) -> dict[str, Schema]:
    """Lead from a command to its stream, to what followed, to its outcome, and to the rows of the views."""
    rows = {
        f"row of {view.name}": _link(
            f"views.{view.name}.Read",
            {"key": "$request.path.id"},
            "The row, where the view has it under the id of the stream.",
        )
        for view in views
        if view.folds(category.name)
    }
    return {**of_stream(), "outcome": outcome(), **rows}


def outcome() -> Schema:
    """Lead to what became of a command."""
    parameters = {"stream": _STREAM, "command-id": _COMMAND_ID}
    return _link("streams.ReadOutcome", parameters, "What became of the command.")


def cancellation() -> Schema:
    """Lead to where a command is cancelled."""
    parameters = {"stream": _STREAM, "command-id": _COMMAND_ID}
    return _link("streams.CancelCommand", parameters, "It is not decided, if it is scheduled.")


def of_stream() -> dict[str, Schema]:
    """Lead to a stream and to what followed from its events."""
    return {
        "stream": _link("streams.Read", {"stream": _STREAM}, "What happened to the stream."),
        "causes": _link("streams.ReadCauses", {"stream": _STREAM}, "What followed."),
    }


def _link(operation: str, parameters: Mapping[str, str], description: str) -> Schema:
    return {
        "operationId": operation,
        "parameters": dict(parameters),
        "description": description,
    }
