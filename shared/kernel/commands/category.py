"""A category: one kind of stream, with its decider and all messages that it knows."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.errors import (
    ConfigurationError,
    InvalidMessage,
    NewerCode,
    UnknownMessage,
    UnreadableEvent,
    WrongDecision,
)
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.json_reading import read, read_text
from shared.kernel.messages.kinds import many_faults
from shared.kernel.messages.message import Command, Event, check_numbers, route_name, type_name
from shared.kernel.messages.upcasting import Upcaster, missing, upcast
from shared.kernel.validation_faults import told

_LONG_NUMBER = re.compile(rb"[0-9]{16}")
"""What may be an integer that a JSON number does not hold exactly: fewer digits are not looked at again."""

type Allow = Callable[[str | None, Any, Any], bool]
"""Tells whether an actor may ask for a command in a state; the actor is None where nobody is known."""
type MayReadStream = Callable[[str | None, Any], bool]
"""Tells whether an actor may read a stream that is in a state."""


@dataclass(frozen=True, slots=True)
class Category:
    """What a folder of the domain gives to the kernel.

    `commands` have a route, `process_commands` have none; either may be empty, `()`. `upcasters` read older
    events: the function under `("ThingMeasured", 1)` makes the data of number 1, as JSON has them, into those of
    number 2. `example` is the id of a stream as people would choose it: documents show it. `allow` says which
    client may ask for what; what an event causes is not asked about. `may_read` says who may read a stream.
    Without them, everybody may.
    """

    name: str
    decider: Decider[Any, Any, Any]
    events: tuple[type[Event], ...]
    commands: tuple[type[Command], ...]
    snapshots: Snapshots[Any]
    process_commands: tuple[type[Command], ...] = ()
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    example: str = "1"
    allow: Allow | None = None
    may_read: MayReadStream | None = None
    routes: Mapping[str, type[Command]] = field(init=False)
    event_types: Mapping[str, type[Event]] = field(init=False)

    def __post_init__(self) -> None:
        self._check_kinds()
        routes = {route_name(command): command for command in self.commands}
        event_types = {type_name(event): event for event in self.events}
        if len(routes) < len(self.commands) or len(event_types) < len(self.events):
            raise ConfigurationError(f"category {self.name}: two messages have one name")
        for name, event in event_types.items():
            lost = missing(self.upcasters, name, event.schema_number)
            if lost:
                raise ConfigurationError(
                    f"category '{self.name}': {name} has schema_number {event.schema_number}, and `upcasters` has"
                    f" none for {', '.join(f'("{name}", {number})' for number in lost)}: add a function that"
                    " makes the data of that number into those of the next"
                )
        object.__setattr__(self, "routes", routes)
        object.__setattr__(self, "event_types", event_types)

    def _check_kinds(self) -> None:
        here, kinds = f"category '{self.name}'", {"events": Event, "commands": Command}
        kinds["process_commands"] = Command
        found = [
            one
            for name, kind in kinds.items()
            for one in many_faults(here, name, getattr(self, name), kind)
        ]
        if found:
            raise ConfigurationError("\n".join(found))

    def route(self, command: str) -> type[Command]:
        """Find the command type behind a part of a URL; raises UnknownMessage."""
        if command not in self.routes:
            raise UnknownMessage(f"category '{self.name}' has no command '{command}'", "command")
        return self.routes[command]

    def decode(self, type_: str, schema_number: int, data: Mapping[str, Any]) -> Event:
        """Read a stored event; raises NewerCode when its type or schema is not known, InvalidMessage for data."""
        (event,) = self._decode(type_, schema_number, [data])
        return event

    def decode_all(self, recorded: Sequence[RecordedEvent]) -> list[Event]:
        """Read stored events, those of one kind together, at a third of the cost; raises as `decode` does."""
        found: defaultdict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
        for one in recorded:
            found[one.type, one.schema_number].append(one.data)
        events = {kind: iter(self._decode(*kind, data)) for kind, data in found.items()}
        return [next(events[one.type, one.schema_number]) for one in recorded]

    def _decode(
        self, type_: str, schema_number: int, data: Sequence[Mapping[str, Any]]
    ) -> Sequence[Event]:
        event_type = self.event_types.get(type_)
        named = f"{self.name}/{type_}/{schema_number}"
        if event_type is None or schema_number > event_type.schema_number:
            raise NewerCode(f"no event {named} is known: it waits for newer code")
        older = range(schema_number, event_type.schema_number)
        try:
            today = [upcast(self.upcasters, type_, older, one) for one in data] if older else data
            return _read_all(event_type, today)
        except InvalidMessage as error:
            raise InvalidMessage(f"{named}: {error}") from error

    def record(self, event: Event) -> RecordedEvent:
        """Write an event as the store keeps it; raises UnreadableEvent unless it can be read again as it is.

        Raises WrongDecision for an event that the category does not list, and NumberTooLarge.
        """
        event_type = type(event)
        if self.event_types.get(type_name(event_type)) is not event_type:
            raise WrongDecision(
                f"category '{self.name}': decide returned {type_name(event_type)},"
                " which is not in its `events`: add it there"
            )
        try:
            recorded = record(event)
            text = to_json(recorded.data)
            again = read_text(event_type, text)
        except ValidationError as error:
            named = f"{self.name}/{type_name(event_type)}"
            raise UnreadableEvent(f"{named}: {told(error)}") from None
        except PydanticSerializationError:
            named = f"{self.name}/{type_name(event_type)}"
            raise UnreadableEvent(f"{named}: it cannot be written as JSON") from None
        # To compare models is dear: they are asked only where what they hold differs.
        if vars(again) != vars(event) and again != event:
            changed = ", ".join(
                _changed(name, getattr(event, name), getattr(again, name))
                for name in event_type.model_fields
                if getattr(event, name) != getattr(again, name)
            )
            named = f"{self.name}/{recorded.type}"
            raise UnreadableEvent(f"{named}: read again, it has other values of {changed}")
        if _LONG_NUMBER.search(text):
            check_numbers(recorded.data)
        return recorded


def _changed(name: str, written: object, again: object) -> str:
    """Name a field, and the types of its values where they differ, as those of a subclass do."""
    types = type(written).__name__, type(again).__name__
    return name if types[0] == types[1] else f"{name} (a {types[0]} is read as {types[1]})"


def _read_all(event_type: type[Event], data: Sequence[Mapping[str, Any]]) -> Sequence[Event]:
    if len(data) > 1:
        # If one of them cannot be read, it is told below by what it is alone.
        with suppress(InvalidMessage):
            return read(list[event_type], data)  # type: ignore[valid-type]  # a type at run time
    return [read(event_type, one) for one in data]


def record(event: Event) -> RecordedEvent:
    """Write an event as the store keeps it."""
    event_type = type(event)
    return RecordedEvent(type_name(event_type), event.schema_number, to_jsonable_python(event))
