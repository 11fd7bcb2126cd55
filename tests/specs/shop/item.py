"""What an item does and when it says no."""

from shared.domain.shop.item.commands import (
    AdjustStock,
    ChangeReorderPoint,
    DiscontinueItem,
    ReceiveStock,
    RegisterItem,
    ReleaseReservation,
    ReserveStock,
    ShipReservation,
)
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
from tests.specs.spec import Spec

REGISTERED = ItemRegistered(name="Teapot", reorder_point=0)
TEN_IN_STOCK = (REGISTERED, StockReceived(quantity=10))
THREE_RESERVED = (*TEN_IN_STOCK, StockReserved(reservation_id="r1", quantity=3))
DISCONTINUED = (*THREE_RESERVED, ItemDiscontinued())

SPECS = [
    Spec(
        "A new item is registered",
        given=[],
        when=RegisterItem(name="Teapot", reorder_point=0),
        then=[REGISTERED],
    ),
    Spec(
        "An item is registered once",
        given=[REGISTERED],
        when=RegisterItem(name="Teapot", reorder_point=0),
        then="item-registered-already",
    ),
    Spec(
        "Goods come in",
        given=[REGISTERED],
        when=ReceiveStock(quantity=10),
        then=[StockReceived(quantity=10)],
    ),
    Spec(
        "Nothing is received for an item that nobody registered",
        given=[],
        when=ReceiveStock(quantity=10),
        then="item-unknown",
    ),
    Spec(
        "A discontinued item takes nothing in",
        given=DISCONTINUED,
        when=ReceiveStock(quantity=1),
        then="item-discontinued",
    ),
    Spec(
        "An item holds no more than a warehouse can",
        given=[REGISTERED, StockReceived(quantity=999_999_995)],
        when=ReceiveStock(quantity=6),
        then="too-much-stock",
    ),
    Spec(
        "Stock is reserved",
        given=TEN_IN_STOCK,
        when=ReserveStock(reservation_id="r1", quantity=3),
        then=[StockReserved(reservation_id="r1", quantity=3)],
    ),
    Spec(
        "The last piece can be reserved",
        given=THREE_RESERVED,
        when=ReserveStock(reservation_id="r2", quantity=7),
        then=[StockReserved(reservation_id="r2", quantity=7)],
    ),
    Spec(
        "Never is more reserved than there is",
        given=THREE_RESERVED,
        when=ReserveStock(reservation_id="r2", quantity=8),
        then="not-enough-stock",
    ),
    Spec(
        "A reservation made twice is made once",
        given=THREE_RESERVED,
        when=ReserveStock(reservation_id="r1", quantity=3),
        then=[],
    ),
    Spec(
        "A reservation's quantity does not change",
        given=THREE_RESERVED,
        when=ReserveStock(reservation_id="r1", quantity=4),
        then="reservation-differs",
    ),
    Spec(
        "A discontinued item is not reserved",
        given=DISCONTINUED,
        when=ReserveStock(reservation_id="r2", quantity=1),
        then="item-discontinued",
    ),
    Spec(
        "A reservation is released",
        given=THREE_RESERVED,
        when=ReleaseReservation(reservation_id="r1"),
        then=[ReservationReleased(reservation_id="r1", quantity=3)],
    ),
    Spec(
        "What is released can be reserved again",
        given=[*THREE_RESERVED, ReservationReleased(reservation_id="r1", quantity=3)],
        when=ReserveStock(reservation_id="r2", quantity=10),
        then=[StockReserved(reservation_id="r2", quantity=10)],
    ),
    Spec(
        "What is not reserved cannot be released",
        given=TEN_IN_STOCK,
        when=ReleaseReservation(reservation_id="r1"),
        then="reservation-unknown",
    ),
    Spec(
        "A reservation is shipped",
        given=THREE_RESERVED,
        when=ShipReservation(reservation_id="r1"),
        then=[ReservationShipped(reservation_id="r1", quantity=3)],
    ),
    Spec(
        "A reservation is shipped once",
        given=[*THREE_RESERVED, ReservationShipped(reservation_id="r1", quantity=3)],
        when=ShipReservation(reservation_id="r1"),
        then="reservation-unknown",
    ),
    Spec(
        "What is shipped is gone",
        given=[*THREE_RESERVED, ReservationShipped(reservation_id="r1", quantity=3)],
        when=ReserveStock(reservation_id="r2", quantity=8),
        then="not-enough-stock",
    ),
    Spec(
        "A reservation of a discontinued item is still shipped",
        given=DISCONTINUED,
        when=ShipReservation(reservation_id="r1"),
        then=[ReservationShipped(reservation_id="r1", quantity=3)],
    ),
    Spec(
        "The count is corrected down to what is reserved",
        given=THREE_RESERVED,
        when=AdjustStock(quantity=-7, reason="stocktaking"),
        then=[StockAdjusted(quantity=-7, reason="stocktaking")],
    ),
    Spec(
        "The count does not fall below what is reserved",
        given=THREE_RESERVED,
        when=AdjustStock(quantity=-8, reason="stocktaking"),
        then="stock-is-reserved",
    ),
    Spec(
        "The count does not rise above what a warehouse can hold",
        given=[*THREE_RESERVED, StockReceived(quantity=999_999_000)],
        when=AdjustStock(quantity=991, reason="stocktaking"),
        then="too-much-stock",
    ),
    Spec(
        "A correction by nothing is no event",
        given=TEN_IN_STOCK,
        when=AdjustStock(quantity=0, reason="stocktaking"),
        then=[],
    ),
    Spec(
        "The reorder point changes",
        given=TEN_IN_STOCK,
        when=ChangeReorderPoint(reorder_point=5),
        then=[ReorderPointChanged(reorder_point=5)],
    ),
    Spec(
        "The same reorder point is no change",
        given=[*TEN_IN_STOCK, ReorderPointChanged(reorder_point=5)],
        when=ChangeReorderPoint(reorder_point=5),
        then=[],
    ),
    Spec(
        "An item is discontinued",
        given=TEN_IN_STOCK,
        when=DiscontinueItem(),
        then=[ItemDiscontinued()],
    ),
    Spec(
        "An item is discontinued once",
        given=DISCONTINUED,
        when=DiscontinueItem(),
        then=[],
    ),
    Spec(
        "Nothing is reserved of an item that nobody registered",
        given=[],
        when=ReserveStock(reservation_id="r1", quantity=1),
        then="item-unknown",
    ),
    Spec(
        "Nothing is released of an item that nobody registered",
        given=[],
        when=ReleaseReservation(reservation_id="r1"),
        then="item-unknown",
    ),
    Spec(
        "Nothing is shipped of an item that nobody registered",
        given=[],
        when=ShipReservation(reservation_id="r1"),
        then="item-unknown",
    ),
    Spec(
        "Nobody counts an item that nobody registered",
        given=[],
        when=AdjustStock(quantity=-1, reason="stocktaking"),
        then="item-unknown",
    ),
    Spec(
        "An item that nobody registered has no reorder point",
        given=[],
        when=ChangeReorderPoint(reorder_point=5),
        then="item-unknown",
    ),
    Spec(
        "An item that nobody registered is not discontinued",
        given=[],
        when=DiscontinueItem(),
        then="item-unknown",
    ),
]
