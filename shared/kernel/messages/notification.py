"""The notification: a public event, a CloudEvent 1.0 that says what happened and where to read more (spec v1.0.2).

It is made of one internal event by one enricher, so its id follows from both: what is published again is the same.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict
from urllib.parse import quote

from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.message import Event, Message, PublicEvent, route_name
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.views.view import View


@dataclass(frozen=True, slots=True)
class Notification:
    """One public event; `sequence` is the version of the stream that it tells of."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    sequence: int
    correlationid: str
    data: Mapping[str, Any]
    traceparent: str | None = None
    tracestate: str | None = None


class CloudEvent(TypedDict):
    """A notification as others get it (CloudEvents 1.0.2, JSON format): they rely on each attribute."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: Literal["application/json"]
    sequence: int
    correlationid: str
    traceparent: NotRequired[str]
    tracestate: NotRequired[str]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A notification that the topic will never take, and what it says about it."""

    notification: Notification
    reason: str


def notification(
    type_: str,
    enricher: Enricher[Any, Any, Any],
    envelope: Envelope,
    event: Event,
    found: Mapping[str, Message],
) -> Notification:
    """Make the public event of an internal one, with the data found under the keys of the enricher's lookup."""
    public = enricher.enrich(envelope.stream, event, found)
    return Notification(
        id=f"{envelope.id}/{type_}",
        source=envelope.source,
        type=type_,
        subject=envelope.subject,
        time=envelope.time,
        sequence=envelope.sequence,
        correlationid=envelope.correlationid,
        traceparent=envelope.traceparent,
        tracestate=envelope.tracestate,
        data=public.model_dump(mode="json"),
    )


def public_type(prefix: str, category: str, public: type[PublicEvent]) -> str:
    """Name a public event and its version: `ThingDone` of a `thing` is `<prefix>.thing.done.v1`."""
    what = route_name(public).removeprefix(f"{category}-")
    return f"{prefix}.{category}.{what}.v{public.schema_number}"


def link_to(view: View[Any], key: str) -> str:
    """Give the address of a key of a view, relative to that of the functions."""
    return f"/api/views/{view.name}/{quote(key, safe='')}"


def cloud_event(told: Notification) -> CloudEvent:
    """Write a notification in the JSON format of CloudEvents."""
    event: CloudEvent = {
        "specversion": "1.0",
        "id": told.id,
        "source": told.source,
        "type": told.type,
        "subject": told.subject,
        "time": told.time,
        "datacontenttype": "application/json",
        "sequence": told.sequence,
        "correlationid": told.correlationid,
        "data": dict(told.data),
    }
    if told.traceparent is not None:
        event["traceparent"] = told.traceparent
    if told.tracestate is not None:
        event["tracestate"] = told.tracestate
    return event


def size_of(told: Notification) -> int:
    """Count the bytes of a notification as it is sent: JSON in ASCII, with spaces."""
    return len(json.dumps(cloud_event(told)))
