"""The view `stock`: what there is of each item, by SKU."""

from shared.domain.shop.item import item
from shared.domain.shop.item.events import (
    ItemDiscontinued,
    ItemRegistered,
    ReorderPointChanged,
    ReservationReleased,
    ReservationShipped,
    StockAdjusted,
    StockReceived,
    StockReserved,
)
from shared.kernel.messages.message import Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View


class StockLevel(Message):
    """One item's stock: received + adjusted = available + reserved + shipped."""

    name: str = ""
    reorder_point: int = 0
    received: int = 0
    adjusted: int = 0
    available: int = 0
    reserved: int = 0
    shipped: int = 0
    discontinued: bool = False


def evolve(level: StockLevel, event: Event) -> StockLevel:
    """Fold one event of an item into its stock level."""
    match event:
        case ItemRegistered(name=name, reorder_point=reorder_point):
            change: dict[str, object] = {"name": name, "reorder_point": reorder_point}
        case StockReceived(quantity=n):
            change = {"received": level.received + n, "available": level.available + n}
        case StockAdjusted(quantity=n):
            change = {"adjusted": level.adjusted + n, "available": level.available + n}
        case StockReserved(quantity=n):
            change = {"available": level.available - n, "reserved": level.reserved + n}
        case ReservationReleased(quantity=n):
            change = {"available": level.available + n, "reserved": level.reserved - n}
        case ReservationShipped(quantity=n):
            change = {"reserved": level.reserved - n, "shipped": level.shipped + n}
        case ReorderPointChanged(reorder_point=reorder_point):
            change = {"reorder_point": reorder_point}
        case ItemDiscontinued():
            change = {"discontinued": True}
        case _:
            return level
    return level.model_copy(update=change)


def sku(stream: StreamName, _event: Event) -> str:
    """Key a level by the item's SKU, which is the id of its stream."""
    return stream.id


stock = View(
    name="stock",
    category=item,
    data_type=StockLevel,
    evolve=evolve,
    key=sku,
    sorts=("available", "name"),
)
