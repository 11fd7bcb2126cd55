"""★ The business of the second service: it counts confirmed orders, and knows the shop by its feed alone.

A service of its own is the same code beside another business: this file, and the one line that names it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.domain import About, Domain
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event, Message
from shared.kernel.messages.stream import ID, StreamName
from shared.kernel.reactions.receptor import Reaction
from shared.kernel.views.view import View

Id = Annotated[str, Field(pattern=f"^{ID}$")]
GOLD = 10
"""So many orders make somebody a golden customer."""


class OrderConfirmed(OutsideData):
    """What the shop says in its feed, as far as it is wanted here."""

    order_id: Id
    customer_id: Id


class CountOrder(Command):
    """Count an order that the shop has confirmed."""

    order_id: Id


class OrderCounted(Event):
    """The order counts."""

    order_id: str


@dataclass(frozen=True, slots=True)
class Member:
    """How many orders of a customer count."""

    orders: int = 0


class Loyalty(Message):
    """What is shown of a customer."""

    orders: int = 0
    gold: bool = False


def decide(command: CountOrder, _member: Member) -> tuple[OrderCounted, ...]:
    """Count whatever is told: that it is told once is nothing that a business has to see to."""
    return (OrderCounted(order_id=command.order_id),)


def evolve(member: Member, _event: OrderCounted) -> Member:
    """Count."""
    return Member(member.orders + 1)


def show(row: Loyalty, _event: Event) -> Loyalty:
    """Fold an event into what is shown."""
    return Loyalty(orders=row.orders + 1, gold=row.orders + 1 >= GOLD)


def customer_id(stream: StreamName, _event: Event) -> str:
    """Key by customer."""
    return stream.id


def count(order: OrderConfirmed) -> Iterable[Reaction]:
    """Let a confirmed order count for its customer."""
    command = CountOrder(order_id=order.order_id)
    yield Reaction(StreamName(member.name, order.customer_id), command, key="count")


member = Category(
    name="member",
    decider=Decider(initial_state=Member(), decide=decide, evolve=evolve),
    commands=(),
    process_commands=(CountOrder,),
    events=(OrderCounted,),
    snapshots=Snapshots("member/1", Member),
)
domain = Domain(
    categories=(member,),
    views=(View(name="loyalty", category=member, data_type=Loyalty, evolve=show, key=customer_id),),
    inbound=(
        InboundReceptor(
            "count-order",
            "onewrite.order.confirmed.v1",
            OrderConfirmed,
            member,
            CountOrder,
            count,
        ),
    ),
    about=About(title="Loyalty"),
)
