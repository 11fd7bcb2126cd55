"""The operations on feeds: which there are, what is new, and the pages of each chain."""

from collections.abc import Sequence
from typing import Any

from command_api.feeds.forms import ATOM, BATCH, FORMS, NDJSON
from command_api.openapi.models import Schema
from command_api.openapi.parts import (
    CONTENT_TAG,
    SOME_TEXT,
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
from command_api.openapi.schemas import array, record
from shared.kernel.feeds.public_feed import PublicFeed

CLOUD_EVENT: Schema = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        **dict.fromkeys(("id", "source", "type", "subject"), TEXT),
        "time": {**TEXT, "format": "date-time"},
    },
}
_LINKS = {"Link": {"schema": TEXT, "description": "Where the other pages are (RFC 8288)."}}
_LISTED = record(
    {
        "name": TEXT,
        "title": TEXT,
        "events": array(TEXT),
        "self": TEXT,
        "first": TEXT,
        "partitions": array(TEXT),
    }
)


def paths(feeds: Sequence[PublicFeed]) -> dict[str, Any]:
    """Describe the routes of feeds, where there are some."""
    if not feeds:
        return {}
    feed = path("feed", "^[a-z][a-z0-9-]{0,49}$", "The name of a feed.", feeds[0].name)
    partition = path("partition", "^(0|[1-9][0-9]{0,3})$", "The number of a chain.", "0")
    page = path("page", "^[1-9][0-9]{0,8}-[1-9][0-9]{0,11}$", "A generation, a page.", "1-1")
    may = access(next((one.may_read for one in feeds if one.may_read), None))
    return {
        "/api/feeds": {
            "get": _operation(
                ("List", "The feeds that there are.", "Of each, where it begins, and its chains."),
                conditions(),
                query_answers(
                    access(None),
                    answer("The feeds.", record({"feeds": array(_LISTED)}), CONTENT_TAG),
                ),
            )
        },
        "/api/feeds/{feed}": {
            "get": _operation(
                (
                    "Read",
                    "What is new in a feed, or what is behind a cursor.",
                    "Follow `next` of the header `Link` for what comes, and `first` for all that has been.",
                ),
                [
                    feed,
                    query("cursor", SOME_TEXT, "Behind it: as `next` or `first` gave it."),
                    header("Prefer", None, "wait=<seconds>: answers once there is something."),
                    *conditions(),
                ],
                _answers(may),
            )
        },
        "/api/feeds/{feed}/{partition}": {
            "get": _operation(
                (
                    "ReadCurrent",
                    "The page that a chain is being written on.",
                    "Its archives are behind `prev-archive` (RFC 5005, section 4).",
                ),
                [feed, partition, *conditions()],
                _answers(may),
            )
        },
        "/api/feeds/{feed}/{partition}/{page}": {
            "get": _operation(
                (
                    "ReadPage",
                    "A page of a chain.",
                    "One that is full never changes; those of an old generation are gone.",
                ),
                [feed, partition, page, *conditions()],
                _answers(may),
            )
        },
    }


def _operation(
    said: tuple[str, str, str], parameters: Sequence[Schema], responses: Schema
) -> Schema:
    name, summary, description = said
    return {
        "operationId": f"feeds.{name}",
        "summary": summary,
        "description": description,
        "tags": ["feeds"],
        "parameters": list(parameters),
        "responses": responses,
    }


def _answers(may: tuple[int, ...]) -> Schema:
    batch = array(CLOUD_EVENT)
    schemas = {BATCH: batch, ATOM: TEXT, NDJSON: TEXT}
    events = {
        "description": "Events, in the order of their streams.",
        "headers": {**CONTENT_TAG, **_LINKS},
        "content": {form: {"schema": schemas[form]} for form in FORMS},
    }
    return {**query_answers(may, events), **problems(410)}
