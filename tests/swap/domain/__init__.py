"""Another business, as small as one can be: lamps that are switched on and off."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from shared.kernel.category import Category
from shared.kernel.decider import Decider, Decision, Refusal
from shared.kernel.domain import Domain
from shared.kernel.message import Command, Event, Message
from shared.kernel.snapshot import Snapshots
from shared.kernel.stream import StreamName
from shared.kernel.view import View


class SwitchOn(Command):
    """Let there be light."""

    brightness: Annotated[int, Field(ge=1, le=100, examples=[60])]


class SwitchOff(Command):
    """Let it be dark."""


class SwitchedOn(Event):
    """The lamp shines."""

    brightness: int


class SwitchedOff(Event):
    """The lamp is dark."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """How bright it is."""

    brightness: int = 0


class Shining(Message):
    """What people see of a lamp."""

    brightness: int = 0
    switched: int = 0


def decide(command: Command, lamp: Lamp) -> Decision[Event]:
    """Switch, unless it is so already."""
    if isinstance(command, SwitchOn):
        if command.brightness == lamp.brightness:
            return ()
        return (SwitchedOn(brightness=command.brightness),)
    if not lamp.brightness:
        return Refusal("dark-already", "The lamp is off.")
    return (SwitchedOff(),)


def evolve(_lamp: Lamp, event: Event) -> Lamp:
    """Remember the brightness."""
    return Lamp(event.brightness if isinstance(event, SwitchedOn) else 0)


def see(shining: Shining, event: Event) -> Shining:
    """Fold an event into what people see."""
    brightness = event.brightness if isinstance(event, SwitchedOn) else 0
    return Shining(brightness=brightness, switched=shining.switched + 1)


def lamp_id(stream: StreamName, _event: Event) -> str:
    """Key by lamp."""
    return stream.id


lamp = Category(
    name="lamp",
    decider=Decider(initial_state=Lamp(), decide=decide, evolve=evolve),
    commands=(SwitchOn, SwitchOff),
    events=(SwitchedOn, SwitchedOff),
    snapshots=Snapshots("lamp/1", Lamp),
)
lamps = View(name="lamps", category=lamp, data_type=Shining, evolve=see, key=lamp_id)
domain = Domain(categories=(lamp,), views=(lamps,))
