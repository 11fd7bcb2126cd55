"""The operations on streams: what happened, what became of a command, what followed from it."""

from collections.abc import Sequence

from command_api.openapi import links, schemas
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
    problems,
    query,
    query_answers,
)
from command_api.openapi.schemas import ref, stream_example
from shared.kernel.commands.category import Category


def stream(categories: Sequence[Category]) -> Schema:
    """Describe the query of a stream."""
    states = [ref(schemas.state_name(category)) for category in categories]
    leads = {"causes": links.of_stream()["causes"]}
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
            answer(
                "A page, or a state.", {"anyOf": [ref(schemas.STREAM_PAGE), *states]}, TAG, leads
            ),
        ),
    }


TOKEN: Schema = {"type": "string", "pattern": "^[!-~]{1,128}$"}


def _waiting(categories: Sequence[Category]) -> Sequence[Schema]:
    return [
        _stream(categories),
        query("command-id", TOKEN, "The command's id.") | {"required": True},
        query("digest", TOKEN, "What tells the command from another under its id."),
    ]


def cancellation(categories: Sequence[Category]) -> Schema:
    """Describe the wish that a command which waits for its time is not decided."""
    return {
        "operationId": "streams.CancelCommand",
        "summary": "Cancel a command that is scheduled, until it is handed over.",
        "description": "Only who has scheduled it can; asked again, it is answered the same.",
        "tags": ["streams"],
        "parameters": _waiting(categories),
        "responses": {
            "200": answer(
                "It is cancelled.", ref(schemas.COMMAND_STATUS), links={"outcome": links.outcome()}
            ),
            **problems(400, 401, 403, 404, 409, 429, 503),
        },
    }


def outcome(categories: Sequence[Category]) -> Schema:
    """Describe the question what became of a command that waited."""
    return {
        "operationId": "streams.ReadOutcome",
        "summary": "What became of a command that waited, or that it is scheduled or pending.",
        "description": "The place that `Location` names when a command is answered with 202.",
        "tags": ["streams"],
        "parameters": [*_waiting(categories), *conditions()],
        "responses": query_answers(
            _access(categories),
            answer(
                "What is known.",
                ref(schemas.COMMAND_STATUS),
                {**CONTENT_TAG, **LATER},
                links.of_stream(),
            ),
        ),
    }


def causes(categories: Sequence[Category]) -> Schema:
    """Describe the question what followed from a command."""
    version: Schema = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}
    leads = {"stream": links.of_stream()["stream"]}
    tree = answer("The tree.", ref(schemas.EFFECT), CONTENT_TAG, leads)
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
