"""What can be asked of an item."""

from typing import Annotated

from pydantic import Field

from shared.domain.shop.item.reservations import ORDERS_RESERVATION
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import ID

MOST_AT_ONCE = 1_000_000

MOST_FOR_AN_ORDER = 50 * MOST_AT_ONCE
"""All lines of an order may be of one SKU."""

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Teapot"])]
Reason = Annotated[str, Field(min_length=1, max_length=200, examples=["stocktaking"])]
Quantity = Annotated[int, Field(ge=1, le=MOST_AT_ONCE, examples=[10])]
OrdersQuantity = Annotated[int, Field(ge=1, le=MOST_FOR_AN_ORDER, examples=[3])]
ReorderPoint = Annotated[int, Field(ge=0, le=MOST_AT_ONCE, examples=[2])]
ReservationId = Annotated[str, Field(pattern=f"^{ID}$", examples=["order-7"])]
OrdersReservationId = Annotated[str, Field(pattern=ORDERS_RESERVATION, examples=["7/SKU1"])]


class RegisterItem(Command):
    """Begin to keep stock of an item."""

    name: Name
    reorder_point: ReorderPoint


class ReceiveStock(Command):
    """Take goods in."""

    quantity: Quantity


class ReserveStock(Command):
    """Hold stock back under a reservation's id."""

    reservation_id: ReservationId
    quantity: Quantity


class ReleaseReservation(Command):
    """Give held stock back."""

    reservation_id: ReservationId


class ShipReservation(Command):
    """Send held stock out of the house."""

    reservation_id: ReservationId


class AdjustStock(Command):
    """Correct the count after a stocktaking, up or down."""

    quantity: Annotated[int, Field(ge=-MOST_AT_ONCE, le=MOST_AT_ONCE, examples=[-1])]
    reason: Reason


class ChangeReorderPoint(Command):
    """Say below how many pieces the item runs low."""

    reorder_point: ReorderPoint


class DiscontinueItem(Command):
    """Take in and reserve no more of the item; what is reserved can still be released or shipped."""


class ReserveForOrder(Command):
    """Hold stock back for a line of an order, if it is there."""

    reservation_id: OrdersReservationId
    quantity: OrdersQuantity


class ReleaseForOrder(Command):
    """Give back what a line of an order holds, or will want to hold."""

    reservation_id: OrdersReservationId


class ShipForOrder(Command):
    """Send out of the house what a line of an order holds."""

    reservation_id: OrdersReservationId


ALL = (
    RegisterItem,
    ReceiveStock,
    ReserveStock,
    ReleaseReservation,
    ShipReservation,
    AdjustStock,
    ChangeReorderPoint,
    DiscontinueItem,
)

PROCESS = (ReserveForOrder, ReleaseForOrder, ShipForOrder)
"""What orders ask: without a route, and never refused."""

type ProcessCommand = ReserveForOrder | ReleaseForOrder | ShipForOrder

type RoutedCommand = (
    RegisterItem
    | ReceiveStock
    | ReserveStock
    | ReleaseReservation
    | ShipReservation
    | AdjustStock
    | ChangeReorderPoint
    | DiscontinueItem
)

type ItemCommand = RoutedCommand | ProcessCommand
