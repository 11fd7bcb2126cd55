"""A business that has a field of every type in its commands, events, states, rows and notifications."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event, Message, PublicEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.messages.values import Day, Moment, Money
from shared.kernel.reactions.enricher import Enricher, Lookup
from shared.kernel.reactions.receptor import Reaction
from shared.kernel.views.view import View


class Colour(Enum):
    """A choice among texts."""

    RED = "red"
    GREEN = "light green"


class Level(IntEnum):
    """A choice among numbers."""

    LOW = 1
    HIGH = 10


class Card(Message):
    """One way to pay."""

    kind: Literal["card"] = "card"
    expires: Day


class Cash(Message):
    """Another way to pay."""

    kind: Literal["cash"] = "cash"
    given: Decimal


type Payment = Annotated[Card | Cash, Field(discriminator="kind")]


class Facts(Message):
    """A field of every type, with a value to begin with."""

    text: str = ""
    count: int = 0
    share: float = 0.0
    sure: bool = False
    day: Day = date(2026, 11, 23)
    moment: Moment = datetime(2026, 11, 23, tzinfo=UTC)
    opens: time = time(9, 30)
    lasts: timedelta = timedelta()
    price: Decimal = Decimal(0)
    number_: Annotated[UUID, Field(alias="id")] = UUID(int=0)
    colour: Colour = Colour.RED
    level: Level = Level.LOW
    word: Literal["yes", "no"] = "no"
    maybe_day: Day | None = None
    maybe_text: str | None = None
    value: int | None = None
    pair: tuple[int, Day] = (0, date(2026, 11, 23))
    days: tuple[Day, ...] = ()
    tags: frozenset[str] = frozenset()
    moments: frozenset[Moment] = frozenset()
    paid: Payment = Cash(given=Decimal(1))
    payments: tuple[Payment, ...] = ()
    prices: dict[Colour, Decimal] = Field(default_factory=dict)
    total: Money = Money(amount=Decimal(0), currency="EUR")
    nested: Card | None = None


class Record(Command):
    """Put facts down."""

    facts: Facts


class RecordAgain(Command):
    """Put facts down, as others have told them; a process asks for it."""

    facts: Facts


class Recorded(Event):
    """Facts were put down."""

    facts: Facts


class Told(PublicEvent):
    """What others hear of it."""

    facts: Facts


class Heard(OutsideData):
    """What others say."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Book:
    """What a stream remembers."""

    last: Facts | None = None
    days: frozenset[date] = frozenset()
    by_colour: Mapping[Colour, tuple[Moment, ...]] = field(default_factory=dict)


def decide(command: Record | RecordAgain, _book: Book) -> tuple[Recorded, ...]:
    """Take whatever comes."""
    return (Recorded(facts=command.facts),)


def evolve(book: Book, event: Recorded) -> Book:
    """Remember an event."""
    facts = event.facts
    moments = (*book.by_colour.get(facts.colour, ()), facts.moment)
    return Book(facts, book.days | {facts.day}, {**book.by_colour, facts.colour: moments})


def shown(row: Facts, event: Event) -> Facts:
    """Show the last facts."""
    return event.facts if isinstance(event, Recorded) else row


def by_id(stream: StreamName, _event: Event) -> str:
    """Key a row by its stream."""
    return stream.id


SORTS = (
    *("text", "count", "share", "sure", "day", "moment", "opens", "id", "colour", "level", "word"),
    *("maybeDay", "maybeText", "value"),
)
book = Category(
    name="book",
    decider=Decider(initial_state=Book(), decide=decide, evolve=evolve),
    commands=(Record,),
    process_commands=(RecordAgain,),
    events=(Recorded,),
    snapshots=Snapshots("book/1", Book, every=2),
)
facts_view = View("facts", book, Facts, shown, by_id, sorts=SORTS)


def told(stream: StreamName, event: Recorded, found: Mapping[str, Facts]) -> Told:
    """Tell others what the row says, or the event if there is none yet."""
    return Told(link="/", facts=found.get(stream.id, event.facts))


def heard(data: Heard) -> tuple[Reaction, ...]:
    """Put down what others say."""
    return (Reaction(StreamName("book", "heard"), RecordAgain(facts=data.facts), key="all"),)


domain = Domain(
    categories=(book,),
    views=(facts_view,),
    enrichers=(
        Enricher(
            *("facts-told", book, Recorded, Told, told),
            lookup=Lookup(facts_view, lambda stream, _event: (stream.id,)),
        ),
    ),
    inbound=(InboundReceptor("facts-heard", "facts.heard", Heard, book, RecordAgain, heard),),
)
