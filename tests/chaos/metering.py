"""A business of two sets, of which one follows the other: meters are read, and what others read is written down.

A reading says which one of its meter it is, so that one that lacks, comes twice or too early is seen. Nothing here
sees to that: whatever a command says happens.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event, Message, PublicEvent
from shared.kernel.messages.notification import link_to
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.enricher import Enricher
from shared.kernel.reactions.receptor import Reaction
from shared.kernel.views.view import View


class ReadMeter(Command):
    """Look at a meter."""


class MeterRead(Event):
    """It was looked at for the nth time."""

    reading: int


class ReadingTaken(PublicEvent):
    """What others are told of a meter."""

    meter: str
    reading: int


class OthersReading(OutsideData):
    """What others tell."""

    meter: str
    reading: int


class NoteReading(Command):
    """Write down what others tell."""

    reading: int


class ReadingNoted(Event):
    """It is written down."""

    reading: int


@dataclass(frozen=True, slots=True)
class Count:
    """How much has happened."""

    times: int = 0


class Shown(Message):
    """What is shown of a meter."""

    reading: int = 0


def _read(_command: ReadMeter, count: Count) -> tuple[MeterRead, ...]:
    return (MeterRead(reading=count.times + 1),)


def _note(command: NoteReading, _count: Count) -> tuple[ReadingNoted, ...]:
    return (ReadingNoted(reading=command.reading),)


def _count(count: Count, _event: Event) -> Count:
    return Count(count.times + 1)


def _show(row: Shown, _event: Event) -> Shown:
    return Shown(reading=row.reading + 1)


def _meter(stream: StreamName, _event: Event) -> str:
    return stream.id


def _tell(stream: StreamName, event: MeterRead, _found: Mapping[str, Message]) -> ReadingTaken:
    link = link_to(readings, stream.id)
    return ReadingTaken(link=link, meter=stream.id, reading=event.reading)


def _hear(told: OthersReading) -> Iterable[Reaction]:
    command = NoteReading(reading=told.reading)
    yield Reaction(StreamName(ledger.name, told.meter), command, key="reading")


meter = Category(
    name="meter",
    decider=Decider(initial_state=Count(), decide=_read, evolve=_count),
    commands=(ReadMeter,),
    events=(MeterRead,),
    snapshots=Snapshots("meter/1", Count),
)
ledger = Category(
    name="ledger",
    decider=Decider(initial_state=Count(), decide=_note, evolve=_count),
    commands=(),
    process_commands=(NoteReading,),
    events=(ReadingNoted,),
    snapshots=Snapshots("ledger/1", Count),
)
readings = View(name="readings", category=meter, data_type=Shown, evolve=_show, key=_meter)
tell = Enricher("tell-reading", meter, MeterRead, ReadingTaken, _tell)
hear = InboundReceptor(
    "hear-reading", "onewrite.meter.reading-taken.v1", OthersReading, ledger, NoteReading, _hear
)
domain = Domain(
    categories=(meter, ledger),
    views=(readings,),
    enrichers=(tell,),
    feeds=(PublicFeed("meters", "What meters show", (ReadingTaken,)),),
    inbound=(hear,),
)
