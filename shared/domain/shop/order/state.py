"""What an order remembers of its events in order to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from shared.domain.shop.order.events import (
    DeclineRecorded,
    DispatchConflict,
    DispatchRecorded,
    LateReservationRecorded,
    OrderCancelled,
    OrderConfirmed,
    OrderedLine,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
    ReservationRecorded,
)

type Status = Literal["unknown", "placed", "confirmed", "rejected", "cancelled", "shipped"]


@dataclass(frozen=True, slots=True)
class Order:
    """Where an order is, the pieces of each line by SKU, and what the items answered.

    An order whose dispatch was heard of before it was placed has a customer, and is unknown all the same.
    """

    status: Status = "unknown"
    customer_id: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    reserved: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    dispatched: bool = False

    @property
    def over(self) -> bool:
        """Tell whether the order has no use for stock any more, and none was sent for it."""
        return self.status in {"rejected", "cancelled"}

    @property
    def waiting(self) -> tuple[str, ...]:
        """Give the lines of which no item has said anything."""
        return tuple(sku for sku in self.lines if sku not in {*self.reserved, *self.declined})

    @property
    def order_lines(self) -> tuple[OrderedLine, ...]:
        """Give the lines as events show them."""
        return tuple(OrderedLine(sku=sku, quantity=n) for sku, n in self.lines.items())


def evolve(state: Order, event: OrderEvent) -> Order:
    """Remember one event."""
    match event:
        case OrderPlaced(customer_id=customer, lines=lines):
            by_sku = {line.sku: line.quantity for line in lines}
            return replace(state, status="placed", customer_id=customer, lines=by_sku)
        case ReservationRecorded(sku=sku):
            return replace(state, reserved=(*state.reserved, sku))
        case DeclineRecorded(sku=sku):
            return replace(state, declined=(*state.declined, sku))
        case OrderConfirmed():
            return replace(state, status="confirmed")
        case OrderRejected():
            return replace(state, status="rejected")
        case OrderCancelled():
            return replace(state, status="cancelled")
        case OrderShipped():
            return replace(state, status="shipped", dispatched=True)
        case DispatchRecorded(customer_id=customer) | DispatchConflict(customer_id=customer):
            return replace(state, customer_id=customer, dispatched=True)
        case LateReservationRecorded():
            return state
        case _:
            assert_never(event)
