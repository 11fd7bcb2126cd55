"""The business of who follows the feed of a world: a public event is noted as often as it takes effect.

Some events say what nobody here can read: they are parked.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator

from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decider, Decision
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction
from tests.simulation.notices import TOLD

POISONOUS = 5
"""One order of so many is confirmed in a way that nobody can read; so is each request of that number."""


class NoteEvent(Command):
    """Note what somebody else has told."""

    what: str


class EventNoted(Event):
    """Somebody else has told something."""

    what: str


@dataclass(frozen=True)
class Nothing:
    """A state that no decision needs."""


def _decide(command: NoteEvent, _state: Nothing, _context: Context) -> Decision[EventNoted]:
    return (EventNoted(what=command.what),)


def is_poisonous(type_: str, data: dict[str, object]) -> bool:
    """Tell whether a public event cannot be read here."""
    if type_ == TOLD["OrderConfirmed"]:
        return zlib.crc32(str(data["orderId"]).encode()) % POISONOUS == 0
    return type_ == TOLD["ReplenishmentRequested"] and data["shortage"] == 1


def _readable_order(id_: str) -> str:
    if is_poisonous(TOLD["OrderConfirmed"], {"orderId": id_}):
        raise ValueError("nobody can read it")
    return id_


def _readable_shortage(number: int) -> int:
    if number == 1:
        raise ValueError("nobody can read it")
    return number


class Confirmed(OutsideData):
    """An order has all that it wants."""

    order_id: Annotated[str, AfterValidator(_readable_order)]


class OfOrder(OutsideData):
    """Something has become of an order."""

    order_id: str


class Requested(OutsideData):
    """An item runs low."""

    sku: str
    shortage: Annotated[int, AfterValidator(_readable_shortage)]


note = Category(
    "note",
    Decider(Nothing(), _decide, lambda state, _event: state),
    (EventNoted,),
    (NoteEvent,),
    Snapshots("note/1", Nothing),
)


def _of_order(name: str, event: str, data: type[Confirmed | OfOrder]) -> InboundReceptor[Any]:
    def react(told: Confirmed | OfOrder) -> Iterable[Reaction]:
        stream = StreamName(note.name, f"order-{told.order_id}")
        yield Reaction(stream, NoteEvent(what=name), key="note")

    return InboundReceptor(name, TOLD[event], data, note, NoteEvent, react)


def _requested(told: Requested) -> Iterable[Reaction]:
    stream = StreamName(note.name, f"replenishment-{told.sku}")
    yield Reaction(stream, NoteEvent(what=f"shortage {told.shortage}"), key="note")


domain = Domain(
    categories=(note,),
    views=(),
    inbound=(
        _of_order("confirmed", "OrderConfirmed", Confirmed),
        _of_order("rejected", "OrderRejected", OfOrder),
        _of_order("cancelled", "OrderCancelled", OfOrder),
        _of_order("shipped", "OrderShipped", OfOrder),
        InboundReceptor(
            *("requested", TOLD["ReplenishmentRequested"], Requested, note, NoteEvent, _requested)
        ),
    ),
)
