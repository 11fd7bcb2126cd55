"""How a client causes an event: with a command of the specs, as whoever asks for it there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Command, Event, type_name
from tests.specs.clock import NO_CLOCK, decided_by_the_clock
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
    for spec in specs:
        if _begins(spec, type(event)) and has_route(type(spec.when)):
            return _asked(spec, event)
    raise NotToldOverHttp(f"no command with a route causes {type_name(type(event))} first of all")


def _asked(spec: Spec, event: Event) -> Asked:
    """Ask as a spec does, for what an event says: its fields, and the context that it was decided in."""
    command = type(spec.when)
    data = event.model_dump(mode="json", by_alias=False, include=set(command.model_fields))
    try:
        asked = read(command, data)
    except InvalidMessage as error:
        which = f"{type_name(command)} does not take what {type_name(type(event))} says"
        raise NotToldOverHttp(f"{which}: {error}") from None
    by = _said(spec, event, spec.by) or spec.by
    if decided_by_the_clock(replace(spec, when=asked, by=by)):
        raise NotToldOverHttp(f"{NO_CLOCK} that {type_name(type(event))} says")
    return Asked(asked, by, _said(spec, event, WHEN))


def _said(spec: Spec, event: Event, what: str | None) -> str | None:
    """Give what an event says where that of the spec says this, which the command does not."""
    held = dict(spec.then[0]) if not isinstance(spec.then, str) else {}
    names = (n for n in held if held[n] == what and n not in type(spec.when).model_fields)
    return next((getattr(event, name) for name in names), None)


def key_behind(given: Sequence[Event]) -> str:
    """Choose the id of a command that comes behind given events: that of the specs, unless it stands in them."""
    return str(uuid4()) if any(WHEN in dict(event).values() for event in given) else WHEN


def _begins(spec: Spec, event: type[Event]) -> bool:
    return not isinstance(spec.then, str) and bool(spec.then) and type(spec.then[0]) is event
