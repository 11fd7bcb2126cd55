"""The lamp: somebody switches it on and off, or it goes dark by itself."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider, Decision, Refusal
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View


class SwitchOn(Command):
    """Let there be light."""

    brightness: Annotated[int, Field(ge=1, le=100, examples=[60])]


class SwitchOff(Command):
    """Let it be dark."""


class GoDark(Command):
    """The night is over, or long enough."""


class Switched(Event):
    """It was switched the nth time."""

    switch: int


class SwitchedOn(Switched):
    """The lamp shines."""

    brightness: int


class SwitchedOff(Switched):
    """The lamp is dark."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """How bright it is, and how often it was switched."""

    brightness: int = 0
    switch: int = 0


class Shining(Message):
    """What people see of a lamp."""

    brightness: int = 0
    switched: int = 0


def decide(command: Command, lamp: Lamp) -> Decision[Event]:
    """Switch, unless it is so already."""
    if isinstance(command, SwitchOn):
        if command.brightness == lamp.brightness:
            return ()
        return (SwitchedOn(switch=lamp.switch + 1, brightness=command.brightness),)
    if lamp.brightness:
        return (SwitchedOff(switch=lamp.switch + 1),)
    return () if isinstance(command, GoDark) else Refusal("dark-already", "The lamp is off.")


def evolve(lamp: Lamp, event: Event) -> Lamp:
    """Remember the brightness, and count."""
    return Lamp(event.brightness if isinstance(event, SwitchedOn) else 0, lamp.switch + 1)


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
    process_commands=(GoDark,),
    events=(SwitchedOn, SwitchedOff),
    snapshots=Snapshots("lamp/1", Lamp),
)
lamps = View(name="lamps", category=lamp, data_type=Shining, evolve=see, key=lamp_id)
