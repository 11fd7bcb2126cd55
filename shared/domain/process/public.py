"""What the world outside is told: public events, whose names and shapes others rely on."""

from typing import Annotated

from pydantic import Field

from shared.kernel.message import Event, Message


class NamedLine(Message):
    """So many pieces of an item, and what it is called."""

    sku: str
    name: str
    quantity: int


class OrderConfirmed(Event):
    """Stock is held for every line of an order."""

    order_id: str
    customer_id: str
    lines: Annotated[tuple[NamedLine, ...], Field(strict=False)]
