"""How a client causes an event: with a command of the specs, as whoever asks for it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from shared.kernel.messages.message import Command, Event, type_name
from tests.kernel.asking import at_noon
from tests.specs.spec import Spec
from tests.specs.ways import category_of

WHEN = "when"
"""The id of the command of a spec."""


class NotToldOverHttp(Exception):
    """No request makes what a spec speaks of."""


def has_route(command: type[Command]) -> bool:
    """Tell whether clients can send a command."""
    return command in category_of(command).commands


@dataclass(frozen=True)
class Asked:
    """A command as a client asks for it: who asks, and under which id, where that matters."""

    command: Command
    by: str | None = None
    key: str | None = None


def cause(specs: Sequence[Spec], event: Event) -> Asked:
    """Find the command that causes such an event before all others; raises NotToldOverHttp."""
    needs_no_clock([event])
    for spec in specs:
        if _begins(spec, type(event)) and has_route(type(spec.when)):
            return _asked(spec, event)
    raise NotToldOverHttp(f"no command with a route causes {type_name(type(event))} first of all")


def _asked(spec: Spec, event: Event) -> Asked:
    """Ask as a spec does, for what an event says: its fields, and the context that it was decided in."""
    command = type(spec.when)
    data = {n: v for n, v in dict(event).items() if n in command.model_fields}
    try:
        asked = command(**data)
    except ValueError as error:
        refused = f"{type_name(command)} does not take what {event!r} says"
        raise NotToldOverHttp(refused) from error
    return Asked(asked, _said(spec, event, spec.by) or spec.by, _said(spec, event, WHEN))


def _said(spec: Spec, event: Event, what: str | None) -> str | None:
    """Give what an event says where that of the spec says this, which the command does not."""
    held = dict(spec.then[0]) if not isinstance(spec.then, str) else {}
    names = (n for n in held if held[n] == what and n not in type(spec.when).model_fields)
    return next((getattr(event, name) for name in names), None)


def key_behind(given: Sequence[Event]) -> str:
    """Choose the id of a command that comes behind given events: that of the specs, unless it stands in them."""
    return str(uuid4()) if any(WHEN in dict(event).values() for event in given) else WHEN


def needs_no_clock(events: Sequence[Event]) -> None:
    """Raise NotToldOverHttp for events that say when they were decided: no request sets that."""
    for event in events:
        if at_noon() in dict(event).values():
            raise NotToldOverHttp(f"no request sets the time that {event!r} says")


def _begins(spec: Spec, event: type[Event]) -> bool:
    return not isinstance(spec.then, str) and bool(spec.then) and type(spec.then[0]) is event
