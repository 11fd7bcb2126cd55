"""What happened to an item. These names and shapes are stored for ever: a new shape is a new schema number."""

from shared.kernel.message import Event


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


ALL = (
    ItemRegistered,
    StockReceived,
    StockReserved,
    ReservationReleased,
    ReservationShipped,
    StockAdjusted,
    ReorderPointChanged,
    ItemDiscontinued,
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
)
