"""What events cause in other streams."""

from shared.domain.shop.item.commands import ReleaseForOrder, ReserveForOrder, ShipForOrder
from shared.domain.shop.item.events import ReservationDeclined, StockRanLow, StockReserved
from shared.domain.shop.order.commands import RecordDecline, RecordReservation
from shared.domain.shop.order.events import (
    LateReservationRecorded,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
)
from shared.domain.shop.replenishment import RecordReplenishmentRequest
from tests.specs.shop.order_events import CUP, TEA
from tests.specs.spec import Reaction

SPECS = [
    Reaction(
        "An order that is placed asks every item for its line",
        of="order-7",
        when=OrderPlaced(customer_id="C1", lines=(TEA, CUP)),
        then=[
            ("item-TEA", ReserveForOrder(reservation_id="7/TEA", quantity=2)),
            ("item-CUP", ReserveForOrder(reservation_id="7/CUP", quantity=1)),
        ],
    ),
    Reaction(
        "An item that holds a line tells the order",
        of="item-TEA",
        when=StockReserved(reservation_id="7/TEA", quantity=2),
        then=[("order-7", RecordReservation(sku="TEA"))],
    ),
    Reaction(
        "A reservation that a client made for itself concerns no order",
        of="item-TEA",
        when=StockReserved(reservation_id="7", quantity=2),
        then=[],
    ),
    Reaction(
        "An item that declines a line tells the order why",
        of="item-TEA",
        when=ReservationDeclined(reservation_id="7/TEA", quantity=2, reason="not-enough-stock"),
        then=[("order-7", RecordDecline(sku="TEA", reason="not-enough-stock"))],
    ),
    Reaction(
        "What an item declines to a client concerns no order",
        of="item-TEA",
        when=ReservationDeclined(reservation_id="7", quantity=2, reason="not-enough-stock"),
        then=[],
    ),
    Reaction(
        "A rejected order gives back every line that was not declined",
        of="order-7",
        when=OrderRejected(customer_id="C1", lines_to_release=("TEA",)),
        then=[("item-TEA", ReleaseForOrder(reservation_id="7/TEA"))],
    ),
    Reaction(
        "A cancelled order gives back every line",
        of="order-7",
        when=OrderCancelled(customer_id="C1", reason="asked", lines_to_release=("TEA", "CUP")),
        then=[
            ("item-TEA", ReleaseForOrder(reservation_id="7/TEA")),
            ("item-CUP", ReleaseForOrder(reservation_id="7/CUP")),
        ],
    ),
    Reaction(
        "A reservation that came too late is given back",
        of="order-7",
        when=LateReservationRecorded(customer_id="C1", sku="TEA"),
        then=[("item-TEA", ReleaseForOrder(reservation_id="7/TEA"))],
    ),
    Reaction(
        "What was shipped leaves the house",
        of="order-7",
        when=OrderShipped(customer_id="C1", lines=(TEA, CUP)),
        then=[
            ("item-TEA", ShipForOrder(reservation_id="7/TEA")),
            ("item-CUP", ShipForOrder(reservation_id="7/CUP")),
        ],
    ),
    Reaction(
        "A confirmation causes nothing: the goods are held",
        of="order-7",
        when=OrderConfirmed(customer_id="C1", lines=(TEA, CUP)),
        then=[],
    ),
    Reaction(
        "An item that runs low is to be replenished",
        of="item-TEA",
        when=StockRanLow(shortage=3),
        then=[("replenishment-TEA", RecordReplenishmentRequest(shortage=3))],
    ),
]
