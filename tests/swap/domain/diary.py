"""The diary of a lamp: when it shone, and that it has rested since."""

from dataclasses import dataclass

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.message import Command, Event


class NoteLight(Command):
    """Write down how bright it was."""

    brightness: int


class RecordRest(Command):
    """Write down that it rests since its nth switch."""

    switch: int


class LightNoted(Event):
    """It was so bright."""

    brightness: int


class Rested(Event):
    """It rests since its nth switch."""

    switch: int


@dataclass(frozen=True, slots=True)
class Diary:
    """The last rest that stands in it."""

    rest: int = 0


def decide(command: Command, diary: Diary) -> tuple[Event, ...]:
    """Write everything down, a rest once."""
    if isinstance(command, NoteLight):
        return (LightNoted(brightness=command.brightness),)
    if isinstance(command, RecordRest) and command.switch > diary.rest:
        return (Rested(switch=command.switch),)
    return ()


def evolve(diary: Diary, event: Event) -> Diary:
    """Remember the last rest."""
    return Diary(event.switch) if isinstance(event, Rested) else diary


diary = Category(
    name="diary",
    decider=Decider(initial_state=Diary(), decide=decide, evolve=evolve),
    commands=(),
    process_commands=(NoteLight, RecordRest),
    events=(LightNoted, Rested),
    snapshots=Snapshots("diary/1", Diary),
)
