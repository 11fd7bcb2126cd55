"""Samples of what is stored: of every schema of an event, and of every shape of a state."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter

from shared.kernel.commands.category import Category, record
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage, NewerCode
from shared.kernel.messages.message import Event, type_name
from shared.kernel.messages.upcasting import upcast
from tests.specs.spec import Spec
from tests.specs.ways import category_of


@dataclass
class Samples:
    """Data of events by category, type and schema number; states and their shapes by snapshot schema."""

    events: dict[str, Any] = field(default_factory=dict)
    snapshots: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what was shipped; nothing, where nothing was."""
        return cls(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else cls()

    def write(self, file: Path) -> None:
        """Keep them in a file."""
        kept = {"events": self.events, "snapshots": self.snapshots}
        file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def schemas(domain: Domain) -> Iterator[tuple[str, Category, type[Event]]]:
    """Give each event that is written today, under the name of its schema."""
    for category in domain.categories:
        for event in category.events:
            yield f"{category.name}/{type_name(event)}/{event.schema_number}", category, event


def shape(category: Category) -> str:
    """Give the fingerprint of a state's shape."""
    made = TypeAdapter(type(category.decider.initial_state)).json_schema()
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]


def changed(domain: Domain, shipped: Samples) -> list[str]:
    """Say which schemas are written otherwise than they were shipped, and which can no longer be read."""
    found = unread(domain, shipped)
    for name, category, event in schemas(domain):
        if name in shipped.events:
            found += _differing(name, category, event, shipped.events[name])
    for category in domain.categories:
        schema = category.snapshots.schema
        if schema in shipped.snapshots and shipped.snapshots[schema]["shape"] != shape(category):
            found.append(f"{schema}: the state has another shape: name a new snapshot schema")
    return found


def unread(domain: Domain, shipped: Samples) -> list[str]:
    """Say which older schemas cannot be read as events of today."""
    today = {name for name, _, _ in schemas(domain)}
    found = []
    for name, sample in shipped.events.items():
        if name not in today:
            category_name, type_, number = name.split("/")
            found += _unread(domain.category(category_name), type_, int(number), sample)
    return found


def _unread(category: Category, type_: str, number: int, sample: Any) -> list[str]:
    try:
        category.decode(type_, number, sample)
    except NewerCode as error:
        return [f"{error}: keep its class in `events` of the category"]
    except InvalidMessage as error:
        event = category.event_types[type_]
        made = upcast(category.upcasters, type_, range(number, event.schema_number), sample)
        names = ", ".join(field.alias or name for name, field in event.model_fields.items())
        return [
            f"{error}: the upcasters make {dict(made)} of it, and {type_} has the fields {names}"
        ]
    return []


def _differing(name: str, category: Category, event: type[Event], sample: Any) -> list[str]:
    advice = "give the event a new schema_number, and the category an upcaster"
    try:
        read = category.decode(type_name(event), event.schema_number, sample)
    except InvalidMessage as error:
        return [f"{name}: its sample is not read ({error}): {advice}"]
    written = record(read).data
    return [] if written == sample else [f"{name}: {sample} is written as {written}: {advice}"]


def missing(domain: Domain, shipped: Samples) -> list[str]:
    """Name what is written today and has no sample."""
    events = [name for name, _, _ in schemas(domain)]
    snapshots = [category.snapshots.schema for category in domain.categories]
    return sorted({*events, *snapshots} - shipped.events.keys() - shipped.snapshots.keys())


def completed(domain: Domain, specs: Sequence[Spec], shipped: Samples) -> Samples:
    """Add samples of what has none, as the specs tell it."""
    told = [event for spec in specs for event in _events(spec)]
    events, snapshots = dict(shipped.events), dict(shipped.snapshots)
    for name, category, event_type in schemas(domain):
        own = (one for one in told if type(one) is event_type)
        if name not in events:
            events[name] = category.record(next(own)).data
    for category in domain.categories:
        state = _fullest(category, specs)
        snapshots.setdefault(category.snapshots.schema, {"shape": shape(category), "state": state})
    return Samples(events, snapshots)


def _events(spec: Spec) -> list[Event]:
    return [*spec.given, *(() if isinstance(spec.then, str) else spec.then)]


def _fullest(category: Category, specs: Sequence[Spec]) -> dict[str, Any]:
    """Give the state that takes the most room, of those that the specs lead to."""
    decider = category.decider
    own = [_events(spec) for spec in specs if category_of(type(spec.when)) is category]
    states = [decider.fold(decider.initial_state, events) for events in own]
    return max(map(category.snapshots.show, states), key=lambda shown: len(json.dumps(shown)))
