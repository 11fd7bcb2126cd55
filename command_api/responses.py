"""Successful answers: JSON, with the version that they show as their entity tag."""

from typing import Any

import azure.functions as func
from pydantic_core import to_json

from shared.kernel.commit import RecordedEvent


def json_response(body: dict[str, Any]) -> func.HttpResponse:
    """Answer 200 with a body; its `version`, where it has one, is the ETag."""
    headers = {"ETag": f'"{body["version"]}"'} if "version" in body else {}
    return func.HttpResponse(to_json(body), headers=headers, mimetype="application/json")


def event_json(version: int, event: RecordedEvent) -> dict[str, Any]:
    """Show one event and its place in the stream."""
    return {
        "version": version,
        "type": event.type,
        "schema": event.schema_number,
        "data": event.data,
    }
