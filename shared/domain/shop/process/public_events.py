"""What the world outside is told: public events, whose names and shapes others rely on.

They say that something happened, and where to read more; what the state is inside, they do not say. A change that
others would stumble over is a new schema number: it is a new type on the wire.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.kernel.messages.message import Message, PublicEvent


class Line(Message):
    """So many pieces of an item."""

    sku: str
    quantity: int


class NamedLine(Line):
    """So many pieces of an item, and what it is called."""

    name: str


class OfAnOrder(PublicEvent):
    """What everybody is told of an order: which, and whose."""

    order_id: str
    customer_id: str


class OrderConfirmed(OfAnOrder):
    """Stock is held for every line of an order."""

    lines: Annotated[tuple[NamedLine, ...], Field(strict=False)]


class OrderRejected(OfAnOrder):
    """An item of an order cannot be had: the order is over, and nothing is held for it."""


class OrderCancelled(OfAnOrder):
    """An order was called off: its customer asked for it, or it waited for too long."""

    reason: Literal["asked", "expired"]


class OrderShipped(OfAnOrder):
    """The goods of an order have left the house."""

    lines: Annotated[tuple[Line, ...], Field(strict=False)]


class ReplenishmentRequested(PublicEvent):
    """More of an item is wanted, because of its nth shortage."""

    sku: str
    shortage: int
