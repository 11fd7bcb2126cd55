"""When an item says that it runs low: once a crossing, in the commit that crosses."""

from shared.domain.shop.item.commands import (
    AdjustStock,
    ChangeReorderPoint,
    DiscontinueItem,
    ReceiveStock,
    RegisterItem,
    ReleaseReservation,
    ReserveForOrder,
    ReserveStock,
    ShipReservation,
)
from shared.domain.shop.item.events import (
    ItemDiscontinued,
    ItemRegistered,
    ReorderPointChanged,
    ReservationReleased,
    ReservationShipped,
    ShortageEnded,
    StockAdjusted,
    StockRanLow,
    StockReceived,
    StockReserved,
)
from tests.specs.spec import Spec

NEW = ItemRegistered(name="Teapot", reorder_point=5)
ENOUGH = (NEW, StockReceived(quantity=10))
SHORT = (*ENOUGH, StockReserved(reservation_id="r1", quantity=6), StockRanLow(shortage=1))
OVER = (*SHORT, StockReceived(quantity=1), ShortageEnded())

SPECS = [
    Spec(
        "A new item, of which nothing was there yet, does not run low",
        given=[],
        when=RegisterItem(name="Teapot", reorder_point=5),
        then=[NEW],
    ),
    Spec(
        "A first delivery that is too small is no shortage",
        given=[NEW],
        when=ReceiveStock(quantity=4),
        then=[StockReceived(quantity=4)],
    ),
    Spec(
        "As many as the reorder point are enough",
        given=ENOUGH,
        when=ReserveStock(reservation_id="r1", quantity=5),
        then=[StockReserved(reservation_id="r1", quantity=5)],
    ),
    Spec(
        "Below the reorder point the item runs low",
        given=ENOUGH,
        when=ReserveStock(reservation_id="r1", quantity=6),
        then=[StockReserved(reservation_id="r1", quantity=6), StockRanLow(shortage=1)],
    ),
    Spec(
        "An order makes it run low too",
        given=ENOUGH,
        when=ReserveForOrder(reservation_id="7/SKU1", quantity=6),
        then=[StockReserved(reservation_id="7/SKU1", quantity=6), StockRanLow(shortage=1)],
    ),
    Spec(
        "While it is low it does not run low again",
        given=SHORT,
        when=ReserveStock(reservation_id="r2", quantity=1),
        then=[StockReserved(reservation_id="r2", quantity=1)],
    ),
    Spec(
        "What is shipped was not available before either",
        given=SHORT,
        when=ShipReservation(reservation_id="r1"),
        then=[ReservationShipped(reservation_id="r1", quantity=6)],
    ),
    Spec(
        "A delivery ends a shortage",
        given=SHORT,
        when=ReceiveStock(quantity=1),
        then=[StockReceived(quantity=1), ShortageEnded()],
    ),
    Spec(
        "What is released ends a shortage",
        given=SHORT,
        when=ReleaseReservation(reservation_id="r1"),
        then=[ReservationReleased(reservation_id="r1", quantity=6), ShortageEnded()],
    ),
    Spec(
        "The next shortage has the next number",
        given=OVER,
        when=AdjustStock(quantity=-1, reason="broken"),
        then=[StockAdjusted(quantity=-1, reason="broken"), StockRanLow(shortage=2)],
    ),
    Spec(
        "A higher reorder point begins a shortage",
        given=ENOUGH,
        when=ChangeReorderPoint(reorder_point=11),
        then=[ReorderPointChanged(reorder_point=11), StockRanLow(shortage=1)],
    ),
    Spec(
        "A lower reorder point ends a shortage",
        given=SHORT,
        when=ChangeReorderPoint(reorder_point=4),
        then=[ReorderPointChanged(reorder_point=4), ShortageEnded()],
    ),
    Spec(
        "What is discontinued is not missed",
        given=SHORT,
        when=DiscontinueItem(),
        then=[ItemDiscontinued(), ShortageEnded()],
    ),
]
