"""A business in which two categories use the same words, with the types that real ones have."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.views.view import View


class Kind(StrEnum):
    FIRST = "first"
    SECOND = "second"


class Card(Message):
    by: Literal["card"]
    digits: str = Field(pattern=r"^[0-9]{4}$", examples=["4711"])


class Cash(Message):
    by: Literal["cash"] = "cash"


class Address(Message):
    street: str = Field(min_length=8)
    lines: tuple[str, ...] = ()


class State(Message):
    opened: bool = False


type AView = View[Any]


def over(category: Category, *others: Category) -> AView:
    """Make a view over categories; rows of all views are called alike."""

    class Row(Message):
        kind: Kind = Kind.FIRST
        total: Decimal = Decimal()

    return View(
        name=f"{category.name}-rows",
        category=category,
        data_type=Row,
        evolve=lambda row, _: row,
        key=lambda stream, _: stream.id,
        others=others,
    )


def a_category(name: str) -> Category:
    """Make a category: its messages are called as those of all others."""

    class Open(Command):
        """Opens it.

        What was open stays open.
        """

        day: date
        at: datetime
        number: UUID
        price: Decimal = Field(ge=1, max_digits=8, decimal_places=2)
        kind: Kind
        pays: Annotated[Card | Cash, Field(discriminator="by")]
        address: Address
        guests: Annotated[list[Address], Field(min_length=2)]
        place: tuple[int, str] = Field(examples=[[1, name]])
        small: int = Field(gt=4, lt=7)
        note: str | None = None

    class Note(Command):
        model_config = ConfigDict(json_schema_extra={"examples": [{"text": "As they say."}]})

        text: str

    class Opened(Event):
        kind: Kind
        address: Address

    def decide(command: Open | Note, _: State) -> tuple[Opened, ...]:
        return (
            (Opened(kind=command.kind, address=command.address),) if type(command) is Open else ()
        )

    return Category(
        name=name,
        decider=Decider(State(), decide, lambda _, __: State(opened=True)),
        events=(Opened,),
        commands=(Open, Note),
        snapshots=Snapshots(f"{name}/1", State),
    )


CATEGORIES = tuple(map(a_category, ("desk", "table")))
domain = Domain(categories=CATEGORIES, views=tuple(map(over, CATEGORIES)))
