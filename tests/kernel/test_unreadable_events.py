"""An event that could not be read again is refused before it is stored, whatever a domain was written like."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

import pytest
from pydantic import ConfigDict

from shared.adapters.memory import MemoryEventStore
from shared.kernel.commands.application_service import ApplicationService
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.outcome import Accepted
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.errors import UnreadableEvent
from shared.kernel.messages.message import Command, Event, Message
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.worlds import Interrupted, request, together


class Colour(StrEnum):
    """An enumeration as a domain might write it."""

    RED = "red"


class Dated(Event):
    """Holds types that JSON has no literals for."""

    on: date
    price: Decimal
    colour: Colour


class Timed(Event):
    """Holds a moment."""

    at: datetime


class Odd(Event):
    """Holds what no JSON can say."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    thing: Any


class Rounded(Event):
    """Holds a float that its field would read as another one."""

    values: list[float]


class Named(Event):
    """Holds a text."""

    name: str


class Part(Message):
    """A piece of something."""

    pages: int


class Chapter(Part):
    """A piece that has a title."""

    title: str = ""


class Bound(Event):
    """Holds a message."""

    part: Part


class Counted(Event):
    """Keeps what it has worked out of its fields."""

    pieces: tuple[int, ...]

    @cached_property
    def total(self) -> int:
        """All pieces."""
        return sum(self.pieces)


class Write(Command):
    """Asks for an event by its number."""

    number: int


UNREADABLE: list[Event] = [
    Timed.model_construct(at=datetime(2026, 11, 23)),  # noqa: DTZ001 - without a zone, on purpose
    Odd(thing=object()),
    Rounded.model_construct(values=(1.5,)),
    Named.model_construct(name=7),
]
DATED = Dated(on=date(2026, 11, 23), price=Decimal("1.50"), colour=Colour.RED)
MADE = [*UNREADABLE, DATED, Named(name="x")]


def decide(command: Command, _state: object) -> tuple[Event, ...]:
    assert isinstance(command, Write)
    return (MADE[command.number],)


BOOK = Category(
    name="book",
    decider=Decider(None, decide, lambda state, _event: state),
    events=(Dated, Timed, Odd, Rounded, Named),
    commands=(Write,),
    snapshots=Snapshots("book/1", type(None)),
)


@pytest.mark.parametrize(
    "number", range(len(UNREADABLE)), ids=[type(one).__name__ for one in UNREADABLE]
)
async def test_an_event_that_could_not_be_read_again_is_refused_and_nothing_is_stored(
    number: int,
) -> None:
    store = MemoryEventStore()
    handling = ApplicationService(BOOK, store, at_noon, no_pause)

    with pytest.raises(UnreadableEvent, match="book"):
        await handling.handle(request(Write(number=number), "bad"))

    assert store.commits() == []
    assert isinstance(await handling.handle(request(Write(number=-1), "good")), Accepted)


async def test_an_event_of_any_type_is_read_again_as_it_was_made() -> None:
    handling = ApplicationService(BOOK, MemoryEventStore(), at_noon, no_pause)

    outcome = await handling.handle(request(Write(number=-2), "dated"))

    assert isinstance(outcome, Accepted)
    (stored,) = outcome.commit.events
    assert stored.data == {"on": "2026-11-23", "price": "1.5", "colour": "red"}
    assert BOOK.decode(stored.type, stored.schema_number, stored.data) == DATED


def test_a_message_of_another_class_than_the_field_has_is_told_by_both() -> None:
    binding = replace(BOOK, events=(*BOOK.events, Bound))

    with pytest.raises(UnreadableEvent) as raised:
        binding.record(Bound(part=Chapter(pages=3)))

    assert str(raised.value) == (
        "book/Bound: read again, it has other values of part (a Chapter is read as Part)"
    )


def test_what_an_event_has_worked_out_is_no_part_of_it() -> None:
    counting = replace(BOOK, events=(*BOOK.events, Counted))
    counted = Counted(pieces=(1, 2))
    assert counted.total == 3

    assert counting.record(counted).data == {"pieces": [1, 2]}


async def test_an_event_that_could_not_be_read_again_hurts_only_who_asked_for_it() -> None:
    store = Interrupted()
    handling = ApplicationService(
        replace(BOOK, decider=replace(BOOK.decider, decide=_reading)), store, at_noon, no_pause
    )

    bad, good = await together(
        store, handling, [request(Write(number=0), "bad"), request(Write(number=-1), "good")]
    )

    assert isinstance(bad, UnreadableEvent)
    assert isinstance(good, Accepted)


def _reading(command: Command, state: object) -> tuple[Event, ...]:
    return decide(command, state) if isinstance(command, Write) else (Named(name="first"),)
