"""What can be asked of an item."""

from typing import Annotated

from pydantic import Field

from shared.kernel.message import Command

MOST_AT_ONCE = 1_000_000

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Teapot"])]
Reason = Annotated[str, Field(min_length=1, max_length=200, examples=["stocktaking"])]
Quantity = Annotated[int, Field(ge=1, le=MOST_AT_ONCE, examples=[10])]
ReorderPoint = Annotated[int, Field(ge=0, le=MOST_AT_ONCE, examples=[2])]
ReservationId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", examples=["order-7"])
]


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

type ItemCommand = (
    RegisterItem
    | ReceiveStock
    | ReserveStock
    | ReleaseReservation
    | ShipReservation
    | AdjustStock
    | ChangeReorderPoint
    | DiscontinueItem
)
