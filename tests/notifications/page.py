"""What others read about the notifications: made of the domain and its specs, never written by hand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from shared.kernel.commands.category import record
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit, Metadata
from shared.kernel.messages.envelope import envelopes
from shared.kernel.messages.message import PublicEvent
from shared.kernel.messages.notification import (
    CloudEvent,
    Notification,
    cloud_event,
    notification,
)
from shared.kernel.reactions.enricher import Enricher
from tests.active import domain_of
from tests.specs.spec import Told
from tests.specs.ways import known

type AnEnricher = Enricher[Any, Any, Any]

HEAD = """\
# Notifications

The public events of this business, one section each. What surrounds them, and what subscribers can rely on, is the
[same for all](../notifications.md).

"""


def schema_of_envelope() -> dict[str, Any]:
    """Give the JSON Schema of what surrounds the data: open to attributes that come later."""
    made = TypeAdapter(CloudEvent).json_schema()
    return {**_head("the envelope of a notification"), **_whole(made, {})}


def schema_of(enricher: AnEnricher) -> dict[str, Any]:
    """Give the JSON Schema of the data of a public event: whole, and open to fields that come later."""
    made = enricher.public.model_json_schema()
    parts = made.pop("$defs", {})
    return {**_head(type_of(enricher)), **_whole(made, parts)}


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


def type_of(enricher: AnEnricher) -> str:
    """Name the public events of an enricher, with the prefix of its own business."""
    return domain_of(enricher.event).public_type(enricher)


def example_of(enricher: AnEnricher, told: Sequence[Told]) -> Notification:
    """Tell what the first spec of an enricher tells, a little later in the life of its stream."""
    spec = next(
        one for one in told if (type(one.when), type(one.then)) == (enricher.event, enricher.public)
    )
    chain = "5f0c7d9e-1c40-4f0e-9d3c-2f8f6a3c1b7e"
    commit = Commit(
        stream=spec.of,
        version=4,
        command_id=chain,
        command_digest="",
        events=(record(spec.when),),
        metadata=Metadata(chain, chain),
        time="2026-11-23T12:00:00.000000Z",
    )
    (envelope,) = envelopes(commit)
    found = known(enricher, envelope.stream, spec)
    return notification(type_of(enricher), enricher, envelope, spec.when, found)


def page(domain: Domain, told: Sequence[Told]) -> str:
    """Write the page of all public events of a domain as Markdown."""
    return HEAD + "\n".join(_section(one, told) for one in domain.enrichers)


def _section(enricher: AnEnricher, told: Sequence[Told]) -> str:
    name = type_of(enricher)
    return (
        f"## {name}\n\n{_said(enricher.public)}\n\n"
        f"Its `data`, as a [JSON Schema](notifications/{name}.json):\n\n"
        f"```json\n{shown(schema_of(enricher))}```\n\nAn example:\n\n"
        f"```json\n{shown(cloud_event(example_of(enricher, told)))}```\n"
    )


def shown(value: Mapping[str, object]) -> str:
    """Write JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _said(public: type[PublicEvent]) -> str:
    return (public.__doc__ or "").strip()
