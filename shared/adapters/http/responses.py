"""Successful answers: JSON, with the version that they show as their entity tag."""

from collections.abc import Mapping
from typing import Any

import azure.functions as func
from pydantic_core import to_json

from shared.kernel.messages.commit import RecordedEvent

NO_HEADERS: Mapping[str, str] = {}


def json_response(
    body: Mapping[str, Any], headers: Mapping[str, str] = NO_HEADERS, status: int = 200
) -> func.HttpResponse:
    """Answer with a body; its `version`, where it has one, is the ETag."""
    tag = {"ETag": f'"{body["version"]}"'} if "version" in body else {}
    return func.HttpResponse(
        to_json(body), status_code=status, headers={**headers, **tag}, mimetype="application/json"
    )


def accepted_late(
    body: Mapping[str, Any], headers: Mapping[str, str] = NO_HEADERS
) -> func.HttpResponse:
    """Answer 202: what was asked for is on its way, and was not there in time."""
    return json_response(body, {**headers, "Retry-After": "1"}, 202)


def queued(body: Mapping[str, Any], headers: Mapping[str, str] = NO_HEADERS) -> func.HttpResponse:
    """Answer 202: the command waits; `Location` is the `status` of the body."""
    return json_response(body, {**headers, "Location": body["status"]}, 202)


def unready(body: Mapping[str, Any]) -> func.HttpResponse:
    """Answer 503: whoever balances load sends requests elsewhere."""
    return json_response(body, {"Retry-After": "5"}, 503)


def no_content(version: int, headers: Mapping[str, str]) -> func.HttpResponse:
    """Answer 204: done, and nothing to show but the version."""
    return func.HttpResponse(status_code=204, headers={**headers, "ETag": f'"{version}"'})


def event_json(version: int, event: RecordedEvent) -> dict[str, Any]:
    """Show one event and its place in the stream."""
    return {
        "version": version,
        "type": event.type,
        "schema": event.schema_number,
        "data": event.data,
    }
