"""What others read about the notifications: made of the domain and of samples, never written by hand."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from shared.domain.shop import domain
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from shared.kernel.messages.envelope import envelopes
from shared.kernel.messages.message import PublicEvent, type_name
from shared.kernel.messages.notification import (
    CloudEvent,
    Notification,
    cloud_event,
    notification,
)
from shared.kernel.reactions.enricher import Enricher

type AnEnricher = Enricher[Any, Any, Any]

HEAD = """\
# Notifications

What other services are told, over a topic of Event Grid. A notification says that something happened and where to
read more; it is no transfer of state. `WRITE_DOCS=1 pytest tests/notifications` makes this page and the schemas.

| attribute | holds |
| --- | --- |
| `id` | the event and the type: what is published again has the same |
| `source` | `/onewrite/<category>`; `source` and `id` together are unique |
| `type` | what happened, and the version of `data` |
| `subject` | the stream that it happened to |
| `time` | when it was stored |
| `sequence` | the version of the stream: what comes later has a higher one |
| `correlationid` | the same for all that one request led to |
| `traceparent` | the trace that it belongs to, if there is one |
| `data.link` | where the read model shows more, relative to the address of the functions |

Each is a CloudEvent and [looks like this](notifications/envelope.json); what its `data` are depends on its type.

What subscribers can rely on, and what they cannot:

- **At least once.** A notification may come twice: keep `source` and `id` of those that were handled.
- **No order.** Compare `sequence` where it matters which of two came later.
- **The link may lag.** With `?at-least=<subject>@<sequence>` the answer waits until the read model has seen the
  event.
- **24 hours.** Event Grid tries again for as long as it is set up to, and then keeps a dead letter: whoever missed
  more reads the link.
- **Versions.** Within a version, fields are added, and values of an enum: ignore the fields and expect the values
  that you do not know. Anything else is a new version, and that is a new `type`.

"""


def schema_of_envelope() -> dict[str, Any]:
    """Give the JSON Schema of what surrounds the data: open to attributes that come later."""
    made = TypeAdapter(CloudEvent).json_schema()
    return {**_head("the envelope of a notification"), **_whole(made, {})}


def schema_of(enricher: AnEnricher) -> dict[str, Any]:
    """Give the JSON Schema of the data of a public event: whole, and open to fields that come later."""
    made = enricher.public.model_json_schema()
    parts = made.pop("$defs", {})
    return {**_head(domain.public_type(enricher)), **_whole(made, parts)}


def _head(title: str) -> dict[str, str]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}


def _whole(schema: Any, parts: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_whole(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        part = _whole(parts[schema["$ref"].rpartition("/")[2]], parts)
        return {**part, **{key: value for key, value in schema.items() if key != "$ref"}}
    kept = {
        key: value for key, value in schema.items() if key not in {"title", "additionalProperties"}
    }
    if "properties" in schema:
        # A field may be called as a keyword is.
        fields = {name: _whole(field, parts) for name, field in schema["properties"].items()}
        return {**{k: _whole(v, parts) for k, v in kept.items()}, "properties": fields}
    return {key: _whole(value, parts) for key, value in kept.items()}


def example_of(enricher: AnEnricher, samples: Mapping[str, Any]) -> Notification:
    """Tell of a stored sample of the enricher's event, as if nothing was found in the views."""
    category, event_type = enricher.category, enricher.event
    number = event_type.schema_number
    data = samples[f"{category.name}/{type_name(event_type)}/{number}"]
    chain = "5f0c7d9e-1c40-4f0e-9d3c-2f8f6a3c1b7e"
    commit = Commit(
        stream=f"{category.name}-{'TEA' if category.name == 'replenishment' else '7'}",
        version=4,
        command_id=chain,
        command_digest="",
        events=(RecordedEvent(type_name(event_type), number, data),),
        metadata=Metadata(chain, chain, "2026-11-23T12:00:00.000000Z"),
    )
    (envelope,) = envelopes(commit)
    event = category.decode(envelope.type, number, data)
    return notification(domain.public_type(enricher), enricher, envelope, event, {})


def page(domain: Domain, samples: Mapping[str, Any]) -> str:
    """Write the page of all public events of a domain as Markdown."""
    return HEAD + "\n".join(_section(one, samples) for one in domain.enrichers)


def _section(enricher: AnEnricher, samples: Mapping[str, Any]) -> str:
    name = domain.public_type(enricher)
    return (
        f"## {name}\n\n{_said(enricher.public)}\n\n"
        f"Its `data`, as a [JSON Schema](notifications/{name}.json):\n\n"
        f"```json\n{shown(schema_of(enricher))}```\n\nAn example:\n\n"
        f"```json\n{shown(cloud_event(example_of(enricher, samples)))}```\n"
    )


def shown(value: Mapping[str, object]) -> str:
    """Write JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _said(public: type[PublicEvent]) -> str:
    return (public.__doc__ or "").strip()
