"""What a topic takes in: the sizes, the content types, and the shape of each event.

Sources: "Post to custom topic for Azure Event Grid"; "Event Grid event schema"; CloudEvents 1.0, JSON format.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emulators.event_grid.errors import EventGridError, unsupported
from emulators.event_grid.topics import CLOUD_EVENTS, EVENT_GRID, Topic

type Event = dict[str, Any]

API_VERSION = "2018-01-01"
# As the service said when Microsoft recorded the tests of its SDK; documented is 1 MB.
LARGEST_BATCH = 1_536_000
LARGEST_EVENT = 1024 * 1024
MOST_EVENTS = 5000
BATCH, SINGLE = "application/cloudevents-batch+json", "application/cloudevents+json"

NEEDED_BY_EVENT_GRID = ("id", "subject", "eventType", "eventTime")
KNOWN_TO_EVENT_GRID = {*NEEDED_BY_EVENT_GRID, "topic", "data", "dataVersion", "metadataVersion"}
NEEDED_BY_CLOUD_EVENTS = ("id", "source", "specversion", "type")
ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}|data_base64")


def read_events(
    topic: Topic, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> list[Event]:
    """Read what was posted to a topic; raises EventGridError 400 or 413."""
    if query.get("api-version") != API_VERSION:
        raise unsupported(f"api-version {query.get('api-version')!r}, only {API_VERSION}")
    if "aeg-channel-name" in headers:
        raise unsupported("channels of partner topics (aeg-channel-name)")
    if len(body) > LARGEST_BATCH:
        raise EventGridError(413, f"The maximum size ({LARGEST_BATCH}) has been exceeded.")
    events = _parse(topic, headers.get("Content-Type", ""), body)
    if len(events) > MOST_EVENTS:
        raise EventGridError(413, f"The array has {len(events)} events; {MOST_EVENTS} is the most.")
    return [_checked(topic, event) for event in events]


def _parse(topic: Topic, content_type: str, body: bytes) -> list[Any]:
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if topic.schema == CLOUD_EVENTS and kind not in {BATCH, SINGLE}:
        raise _malformed(
            f"This resource is configured for 'CloudEventV10' schema, which comes as {BATCH!r}"
            f" or {SINGLE!r}, not as {content_type!r}."
        )
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise _malformed(f"Failed to read JSON: {error}.") from None
    if topic.schema == CLOUD_EVENTS and kind == SINGLE:
        return [parsed]
    if not isinstance(parsed, list):
        raise _malformed("Unexpected token when reading JSON. Expected: StartArray.")
    return parsed


def _checked(topic: Topic, event: object) -> Event:
    if not isinstance(event, dict):
        raise _malformed("Unexpected token when reading JSON. Expected: StartObject.")
    size = len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())
    if size > LARGEST_EVENT:
        raise EventGridError(413, f"The event has {size} bytes; {LARGEST_EVENT} is the most.")
    if topic.schema == EVENT_GRID:
        return _checked_event_grid(topic, event)
    return _checked_cloud_event(event)


def _checked_event_grid(topic: Topic, event: Event) -> Event:
    expected = "This resource is configured for 'EventGridEvent' schema."
    if unknown := sorted(event.keys() - KNOWN_TO_EVENT_GRID):
        raise _malformed(
            f"{expected} Received unexpected property {unknown[0]!r} in JSON"
            " which does not conform to the expected schema."
        )
    _need(expected, event, NEEDED_BY_EVENT_GRID)
    _need_time(expected, event, "eventTime")
    # What the service stamps if the publisher did not.
    stamps = {"topic": topic.resource, "dataVersion": "", "metadataVersion": "1"}
    if event.get("topic") not in {None, "", topic.resource}:
        raise _malformed(f"{expected} Property 'topic' must be absent, or {topic.resource!r}.")
    if event.get("metadataVersion") not in {None, "", "1"}:
        raise _malformed(f"{expected} Property 'metadataVersion' must be absent, or '1'.")
    return {**event, **{name: event.get(name) or stamp for name, stamp in stamps.items()}}


def _checked_cloud_event(event: Event) -> Event:
    expected = "This resource is configured for 'CloudEventV10' schema."
    _need(expected, event, NEEDED_BY_CLOUD_EVENTS)
    if event["specversion"] != "1.0":
        raise _malformed(f"{expected} Property 'specversion' must be '1.0'.")
    wrong = sorted(name for name in event if not ATTRIBUTE.fullmatch(name))
    if wrong:
        raise _malformed(
            f"{expected} Attribute {wrong[0]!r} is not 1 to 20 lower-case letters and digits."
        )
    if event.get("time") is not None:
        _need_time(expected, event, "time")
    if "data" in event and "data_base64" in event:
        raise _malformed(f"{expected} Both 'data' and 'data_base64' were received.")
    return event


def _need(expected: str, event: Event, names: tuple[str, ...]) -> None:
    for name in names:
        if not isinstance(event.get(name), str) or not event[name]:
            raise _malformed(f"{expected} Property {name!r} must be a string, and not empty.")


def _need_time(expected: str, event: Event, name: str) -> None:
    try:
        datetime.fromisoformat(event[name])
    except (TypeError, ValueError):
        raise _malformed(f"{expected} Property {name!r} is not a time: {event[name]!r}.") from None


def _malformed(sentence: str) -> EventGridError:
    return EventGridError(400, sentence, detail="InputJsonInvalid")
