"""What can be asked of an order: by customers, and by what follows from it at the items and outside."""

from typing import Annotated

from pydantic import Field

from shared.domain.shop.item.commands import Quantity
from shared.kernel.messages.message import Command, Message
from shared.kernel.messages.stream import ID

Sku = Annotated[str, Field(pattern=f"^{ID}$", examples=["SKU1"])]
CustomerId = Annotated[str, Field(pattern=f"^{ID}$", examples=["C1"])]
ReasonCode = Annotated[
    str, Field(min_length=1, max_length=100, pattern=r"^[a-z-]+$", examples=["not-enough-stock"])
]


class OrderLine(Message):
    """So many pieces of an item."""

    sku: Sku
    quantity: Quantity


class PlaceOrder(Command):
    """Order items; lines of the same SKU are one line."""

    customer_id: CustomerId
    lines: Annotated[
        tuple[OrderLine, ...],
        Field(min_length=1, max_length=50, examples=[[{"sku": "SKU1", "quantity": 2}]]),
    ]


class CancelOrder(Command):
    """Call an order off, as long as nothing was dispatched."""


class RecordReservation(Command):
    """An item holds stock for a line."""

    sku: Sku


class RecordDecline(Command):
    """An item has nothing for a line."""

    sku: Sku
    reason: ReasonCode


class RecordDispatch(Command):
    """The goods have left the house, to this customer; it may be the first that is heard of the order."""

    customer_id: CustomerId


class ExpireOrder(Command):
    """The time is up in which every line should have had its answer."""


ALL = (PlaceOrder, CancelOrder)

PROCESS = (RecordReservation, RecordDecline, RecordDispatch, ExpireOrder)
"""Without a route, and never refused."""

type ProcessCommand = RecordReservation | RecordDecline | RecordDispatch | ExpireOrder

type OrderCommand = PlaceOrder | CancelOrder | ProcessCommand
