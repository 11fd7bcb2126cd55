"""What happened to an item. These names and shapes are stored for ever: a new shape is a new schema number."""

from shared.kernel.messages.message import Event


class ItemRegistered(Event):
    """Stock of the item is kept from now on."""

    name: str
    reorder_point: int


class StockReceived(Event):
    """Goods came in."""

    quantity: int


class StockReserved(Event):
    """Stock is held back under a reservation's id."""

    reservation_id: str
    quantity: int


class ReservationReleased(Event):
    """Held stock is available again."""

    reservation_id: str
    quantity: int


class ReservationShipped(Event):
    """Held stock has left the house."""

    reservation_id: str
    quantity: int


class StockAdjusted(Event):
    """The count was corrected, up or down."""

    quantity: int
    reason: str


class ReorderPointChanged(Event):
    """The item runs low below another number of pieces."""

    reorder_point: int


class ItemDiscontinued(Event):
    """Nothing is taken in or reserved any more."""


class ReservationDeclined(Event):
    """A line of an order gets nothing, and the reason; it may be the first that is heard of the item."""

    reservation_id: str
    quantity: int
    reason: str


class ReservationWithdrawn(Event):
    """An order gave a reservation back before it was made: when it comes, it is declined."""

    reservation_id: str


class StockRanLow(Event):
    """Less is available than the reorder point says: the item's nth shortage has begun."""

    shortage: int


class ShortageEnded(Event):
    """The last shortage is over."""


ALL = (
    ItemRegistered,
    StockReceived,
    StockReserved,
    ReservationReleased,
    ReservationShipped,
    StockAdjusted,
    ReorderPointChanged,
    ItemDiscontinued,
    ReservationDeclined,
    ReservationWithdrawn,
    StockRanLow,
    ShortageEnded,
)

type ItemEvent = (
    ItemRegistered
    | StockReceived
    | StockReserved
    | ReservationReleased
    | ReservationShipped
    | StockAdjusted
    | ReorderPointChanged
    | ItemDiscontinued
    | ReservationDeclined
    | ReservationWithdrawn
    | StockRanLow
    | ShortageEnded
)
