"""The repair of a lamp: who books it, and for when; nobody else calls it off or reads it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decider, Decision, Refusal
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.messages.values import Day, Moment
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.view import View, everybody

from .lamp import SwitchedOn, lamp


class BookRepair(Command):
    """Have it repaired on a day."""

    day: Day


class CallOffRepair(Command):
    """Have it as it is."""


class RemindOfRepair(Command):
    """Say that the day is near."""


class RepairBooked(Event):
    """Somebody wants it repaired; `order` is the command that said so."""

    schema_number = 2

    by: str
    order: str
    day: Day


class RepairCalledOff(Event):
    """It stays as it is, since then."""

    since: Moment


class RepairReminded(Event):
    """Whoever has booked was told that the day is near."""


type RepairCommand = BookRepair | CallOffRepair | RemindOfRepair
type RepairEvent = RepairBooked | RepairCalledOff | RepairReminded


@dataclass(frozen=True, slots=True)
class Repair:
    """Who has booked, if anybody has, and for when."""

    by: str = ""
    day: date | None = None


class BookedRepair(Message):
    """What is seen of a repair."""

    status: Literal["none", "booked"] = "none"
    by: str = ""
    day: Day | None = None
    reminders: int = 0


class Occasion(Message):
    """What has happened to a lamp lately."""

    lit: int = 0
    repairs: int = 0


def decide(command: RepairCommand, state: Repair, context: Context) -> Decision[RepairEvent]:
    """Book for a day that is not over, once at a time."""
    if isinstance(command, BookRepair):
        if state.by:
            return Refusal("booked-already", "It is booked already.")
        if command.day < context.now.date():
            return Refusal("in-the-past", "That day is over.")
        who = context.actor or "somebody"
        return (RepairBooked(by=who, order=context.command_id, day=command.day),)
    if not state.by:
        return ()
    if isinstance(command, RemindOfRepair):
        return (RepairReminded(),)
    return (RepairCalledOff(since=context.now),)


def evolve(state: Repair, event: RepairEvent) -> Repair:
    """Remember who has booked."""
    if isinstance(event, RepairReminded):
        return state
    return Repair(event.by, event.day) if isinstance(event, RepairBooked) else Repair()


def allow(actor: str | None, command: RepairCommand, state: Repair) -> bool:
    """Let who has booked call it off, and nobody else."""
    return isinstance(command, BookRepair) or actor == state.by


def see(row: BookedRepair, event: Event) -> BookedRepair:
    """Fold an event into what is seen of a repair."""
    if isinstance(event, RepairBooked):
        return BookedRepair(status="booked", by=event.by, day=event.day)
    if isinstance(event, RepairCalledOff):
        return BookedRepair()
    return row.model_copy(update={"reminders": row.reminders + 1})


def count(row: Occasion, event: Event) -> Occasion:
    """Count what happens to a lamp."""
    lit, booked = isinstance(event, SwitchedOn), isinstance(event, RepairBooked)
    return Occasion(lit=row.lit + lit, repairs=row.repairs + booked)


def lamp_id(stream: StreamName, _event: Event) -> str:
    """Key by lamp."""
    return stream.id


repair = Category(
    name="repair",
    decider=Decider(initial_state=Repair(), decide=decide, evolve=evolve),
    commands=(BookRepair, CallOffRepair),
    process_commands=(RemindOfRepair,),
    events=(RepairBooked, RepairCalledOff, RepairReminded),
    snapshots=Snapshots("repair/2", Repair, {"repair/1": lambda old: {**old, "day": None}}, 2),
    upcasters={("RepairBooked", 1): lambda old: {"order": "", **old}},
    example="desk",
    allow=allow,
    may_read=lambda actor, state: actor == state.by,
)
repairs = View(
    name="repairs",
    category=repair,
    data_type=BookedRepair,
    evolve=see,
    key=lamp_id,
    sorts=("day",),
    may_read=lambda actor: {"by": actor or "somebody"},
)
occasions = View(
    *("occasions", lamp, Occasion, count, lamp_id), others=(repair,), may_read=everybody
)
reminder = Deadline(
    name="reminder",
    view=repairs,
    waiting={"status": "booked"},
    command=RemindOfRepair,
    at="day",
    before=timedelta(days=1),
    every=timedelta(hours=6),
    times=2,
)
