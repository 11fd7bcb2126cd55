"""A small domain, in which tests make one mistake after another."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider, Decision
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.messages.values import Money
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.view import View


class Open(Command):
    """Asks for it."""


class OpenOn(Command):
    """Asks for it on a day."""

    on: date


class Opened(Event):
    """It happened."""

    schema_number = 2


class Closed(Event):
    """It happened, too."""


class Shown(Message):
    """A row."""

    text: str = ""
    total: Decimal = Decimal(0)
    lasts: timedelta = timedelta()
    maybe: date | None = None
    price: Money | None = None
    on_day: date = date(2026, 11, 23)


def decide(_command: Open, _state: None) -> Decision[Opened]:
    return ()


def upcast(data: dict[str, Any]) -> dict[str, Any]:
    return data


DECIDER: Decider[Any, Any, Any] = Decider(None, decide, lambda state, _event: state)
DOOR = Category(
    name="door",
    decider=DECIDER,
    events=(Opened,),
    commands=(Open,),
    snapshots=Snapshots("door/1", type(None)),
    process_commands=(OpenOn,),
    upcasters={("Opened", 1): upcast},
)
ROWS = View("doors", DOOR, Shown, lambda row, _event: row, lambda stream, _event: stream.id)
LATE = Deadline("late", ROWS, {"text": "open"}, Open, since=Opened, after=timedelta(hours=1))


def of(category: Category = DOOR, *views: View[Any], **others: Any) -> Domain:
    return Domain(categories=(category,), views=views, **others)


def told(make: Any) -> list[str]:
    """Assemble a domain, and give what is wrong with it."""
    with pytest.raises(ConfigurationError) as raised:
        make()
    return str(raised.value).splitlines()
