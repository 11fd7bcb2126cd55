"""What happened to an order. Every event says whose it is, so that nobody who reacts to it has to look that up.

These names and shapes are stored for ever: a new shape is a new schema number.
"""

from typing import Literal

from shared.domain.shop.item.commands import OrdersQuantity
from shared.domain.shop.order.commands import Sku
from shared.kernel.messages.message import Event, Message


class OrderedLine(Message):
    """All that an order wants of an item, which may be more than a single line of a command."""

    sku: Sku
    quantity: OrdersQuantity


class OfAnOrder(Event):
    """What every event of an order carries: the customer."""

    customer_id: str


class OrderPlaced(OfAnOrder):
    """A customer wants these items: each SKU once."""

    lines: tuple[OrderedLine, ...]


class ReservationRecorded(OfAnOrder):
    """An item holds stock for a line."""

    sku: str


class DeclineRecorded(OfAnOrder):
    """An item has nothing for a line."""

    sku: str
    reason: str


class OrderConfirmed(OfAnOrder):
    """Stock is held for every line."""

    lines: tuple[OrderedLine, ...]


class OrderRejected(OfAnOrder):
    """A line was declined; the others are given back, also those that have no answer yet."""

    lines_to_release: tuple[str, ...]


class OrderCancelled(OfAnOrder):
    """The customer called the order off, or its time was up; every line not declined is given back."""

    reason: Literal["asked", "expired"]
    lines_to_release: tuple[str, ...]


class LateReservationRecorded(OfAnOrder):
    """An item holds stock that the order has no use for (any more): it is given back."""

    sku: str


class DispatchRecorded(OfAnOrder):
    """The goods have left before the order was confirmed; it is kept until then."""


class OrderShipped(OfAnOrder):
    """The order was confirmed, and its goods have left the house."""

    lines: tuple[OrderedLine, ...]


class DispatchConflict(OfAnOrder):
    """The goods have left, though the order is rejected or cancelled: a case for people."""


ALL = (
    OrderPlaced,
    ReservationRecorded,
    DeclineRecorded,
    OrderConfirmed,
    OrderRejected,
    OrderCancelled,
    LateReservationRecorded,
    DispatchRecorded,
    OrderShipped,
    DispatchConflict,
)

type OrderEvent = (
    OrderPlaced
    | ReservationRecorded
    | DeclineRecorded
    | OrderConfirmed
    | OrderRejected
    | OrderCancelled
    | LateReservationRecorded
    | DispatchRecorded
    | OrderShipped
    | DispatchConflict
)
