"""A business in which something waits only because of a reaction: a seat that is booked has to be paid for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.decider import Decider, Decision
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.messages.values import Moment
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.reactions.receptor import Reaction, Receptor
from shared.kernel.views.view import View

TWO_DAYS = timedelta(days=2)


class BookSeat(Command):
    """Book the seat."""


class SeatBooked(Event):
    """The seat is booked."""


class AskForPayment(Command):
    """Ask for the price of a seat."""


class LapseBill(Command):
    """Wait for the payment no longer."""


class PaymentAsked(Event):
    """There is a price to pay."""


class BillReminded(Event):
    """It was not paid in time."""

    at: Moment


class Bill(Message):
    """The row of a bill."""

    open: bool = False
    reminders: int = 0


@dataclass(frozen=True)
class Nothing:
    """A state that no decision needs."""


def decide(command: Command, _state: Nothing, context: Context) -> Decision[Event]:
    """Record everything."""
    match command:
        case BookSeat():
            return (SeatBooked(),)
        case AskForPayment():
            return (PaymentAsked(),)
        case _:
            return (BillReminded(at=context.now),)


def _show(row: Bill, event: Event) -> Bill:
    if isinstance(event, BillReminded):
        return row.model_copy(update={"reminders": row.reminders + 1})
    return row.model_copy(update={"open": True})


def _ask(stream: StreamName, _event: SeatBooked) -> Iterable[Reaction]:
    yield Reaction(StreamName("bill", stream.id), AskForPayment(), key="price")


DECIDER = Decider(Nothing(), decide, lambda state, _event: state)
seat = Category("seat", DECIDER, (SeatBooked,), (BookSeat,), Snapshots("seat/1", Nothing))
bill = Category(
    name="bill",
    decider=DECIDER,
    events=(PaymentAsked, BillReminded),
    commands=(),
    snapshots=Snapshots("bill/1", Nothing),
    process_commands=(AskForPayment, LapseBill),
)
bills = View("bills", bill, Bill, _show, lambda stream, _event: stream.id)
domain = Domain(
    categories=(seat, bill),
    views=(bills,),
    receptors=(Receptor("ask-for-payment", seat, SeatBooked, bill, AskForPayment, _ask),),
    deadlines=(
        Deadline(
            name="unpaid",
            view=bills,
            waiting={"open": True},
            command=LapseBill,
            since=PaymentAsked,
            after=TWO_DAYS,
            every=timedelta(hours=1),
            times=2,
        ),
    ),
)
