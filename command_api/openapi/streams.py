"""The operations on streams: what happened, what became of a command, what followed from it."""

from collections.abc import Sequence

from command_api.openapi import schemas
from command_api.openapi.models import Schema
from command_api.openapi.parts import (
    CONTENT_TAG,
    LATER,
    STREAM_PATTERN,
    TAG,
    TEXT,
    access,
    answer,
    conditions,
    path,
    query,
    query_answers,
)
from command_api.openapi.schemas import ref, stream_example
from shared.kernel.commands.category import Category


def stream(categories: Sequence[Category]) -> Schema:
    """Describe the query of a stream."""
    states = [ref(schemas.state_name(category)) for category in categories]
    return {
        "operationId": "streams.Read",
        "summary": "The commits of a stream after a version, or its state at one.",
        "description": "What is stored is never changed: a page of commits, oldest first, or the state as it was.",
        "tags": ["streams"],
        "parameters": [
            _stream(categories),
            *conditions(),
            query(
                "after",
                {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
                "Commits behind it.",
            ),
            query(
                "at", {"type": "integer", "minimum": 1, "maximum": 10**15 - 1}, "The state there."
            ),
        ],
        "responses": query_answers(
            _access(categories),
            answer("A page, or a state.", {"anyOf": [ref(schemas.STREAM_PAGE), *states]}, TAG),
        ),
    }


def outcome(categories: Sequence[Category]) -> Schema:
    """Describe the question what became of a command that waited."""
    token: Schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}
    return {
        "operationId": "streams.ReadOutcome",
        "summary": "What became of a command that waited: pending, done, refused or failed.",
        "description": "The place that `Location` names when a command is answered with 202.",
        "tags": ["streams"],
        "parameters": [
            _stream(categories),
            *conditions(),
            query("command-id", token, "The command's id.") | {"required": True},
            query("digest", token, "What tells the command from another under its id."),
        ],
        "responses": query_answers(
            _access(categories),
            answer("What is known.", ref(schemas.COMMAND_STATUS), {**CONTENT_TAG, **LATER}),
        ),
    }


def causes(categories: Sequence[Category]) -> Schema:
    """Describe the question what followed from a command."""
    version: Schema = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}
    tree = answer("The tree.", ref(schemas.EFFECT), CONTENT_TAG)
    tree["content"]["text/plain"] = {"schema": TEXT}
    return {
        "operationId": "streams.ReadCauses",
        "summary": "Everything that followed from what a version followed from itself.",
        "description": "The commit, the commands that it caused in other streams, their commits, and so on.",
        "tags": ["streams"],
        "parameters": [
            _stream(categories),
            query("version", version, "The first, if not given."),
            *conditions(),
        ],
        "responses": query_answers(_access(categories), tree),
    }


def _access(categories: Sequence[Category]) -> tuple[int, ...]:
    return access(next((one.may_read for one in categories if one.may_read), None))


def _stream(categories: Sequence[Category]) -> Schema:
    example = stream_example(categories[0])
    return path("stream", STREAM_PATTERN, "A category, a dash, an id.", example)
