"""Topics: their names, the schema that each takes in, and the schemas that it can give out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

type Schema = Literal["EventGridSchema", "CloudEventSchemaV1_0"]

EVENT_GRID: Schema = "EventGridSchema"
CLOUD_EVENTS: Schema = "CloudEventSchemaV1_0"

# A custom topic that takes CloudEvents cannot give out the Event Grid schema
# ("Endpoint validation with Event Grid event schema", section Event schema compatibility).
DELIVERABLE: dict[Schema, frozenset[Schema]] = {
    EVENT_GRID: frozenset({EVENT_GRID, CLOUD_EVENTS}),
    CLOUD_EVENTS: frozenset({CLOUD_EVENTS}),
}
NAME = re.compile(r"[A-Za-z0-9-]{3,50}")
KNOWN = {"inputSchema", "eventSubscriptions"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A custom topic, and the subscriptions that it is described with, by name."""

    name: str
    schema: Schema
    described: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The resource id that stands in events as `topic`."""
        group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"
        return f"{group}/providers/Microsoft.EventGrid/topics/{self.name}"


def parse_topics(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Topic]:
    """Read `{name: {inputSchema, eventSubscriptions: {name: properties}}}`; raises ValueError."""
    return {name: _parse(name, described) for name, described in given.items()}


def _parse(name: str, described: Mapping[str, Any]) -> Topic:
    if not NAME.fullmatch(name):
        raise ValueError(f"a topic's name is 3 to 50 letters, digits and dashes, not {name!r}")
    if unknown := described.keys() - KNOWN:
        raise ValueError(
            f"the topic {name!r} has {sorted(KNOWN)}, and nothing like {sorted(unknown)}"
        )
    schema = described.get("inputSchema", CLOUD_EVENTS)
    if schema not in DELIVERABLE:
        raise ValueError(f"the topic {name!r} takes {sorted(DELIVERABLE)}, not {schema!r}")
    return Topic(name, schema, described.get("eventSubscriptions", {}))
