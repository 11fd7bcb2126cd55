"""What others tell, and what comes of it: each event comes three times, and takes effect once."""

from shared.domain.shop.item.events import ItemRegistered, StockReceived
from shared.domain.shop.order.commands import CancelOrder, PlaceOrder
from shared.domain.shop.order.events import (
    DispatchConflict,
    DispatchRecorded,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderShipped,
    ReservationRecorded,
)
from shared.kernel.messages.inbound_event import InboundEvent
from tests.specs.shop.item import TEN_IN_STOCK
from tests.specs.shop.order_events import CUP, TEA, TO_THE_CONFIRMATION, WANTED_CUP, WANTED_TEA
from tests.specs.spec import Heard

PARCEL = InboundEvent(
    "/carriers/fast",
    "p1",
    "com.example.carrier.parcel-dispatched",
    {"orderId": "7", "customerId": "C1"},
)
GOODS = InboundEvent(
    "/suppliers/far",
    "d1",
    "com.example.supplier.delivery-arrived",
    {"sku": "TEA", "quantity": 5},
)
PLACED = OrderPlaced(customer_id="C1", lines=(TEA, CUP))

SPECS = [
    Heard(
        "A parcel that leaves ships its order",
        given={"order-7": TO_THE_CONFIRMATION},
        heard=PARCEL,
        then={"order-7": [OrderShipped]},
    ),
    Heard(
        "A parcel that leaves while the order waits for its items ships it once it is confirmed",
        given={"order-7": [PLACED, ReservationRecorded(customer_id="C1", sku="TEA")]},
        heard=PARCEL,
        then={"order-7": [DispatchRecorded]},
    ),
    Heard(
        "A parcel of an order that nobody placed is remembered",
        given={},
        heard=PARCEL,
        then={"order-7": [DispatchRecorded]},
    ),
    Heard(
        "and ships the order as soon as it is placed and confirmed",
        given={"item-TEA": TEN_IN_STOCK, "item-CUP": TEN_IN_STOCK},
        heard=PARCEL,
        later=("order-7", PlaceOrder(customer_id="C1", lines=(WANTED_TEA, WANTED_CUP))),
        then={
            "order-7": [
                DispatchRecorded,
                OrderPlaced,
                ReservationRecorded,
                ReservationRecorded,
                OrderConfirmed,
                OrderShipped,
            ],
        },
    ),
    Heard(
        "A parcel of a cancelled order has left all the same: somebody has to look at it",
        given={
            "order-7": [
                *TO_THE_CONFIRMATION,
                OrderCancelled(customer_id="C1", reason="asked", lines_to_release=("TEA", "CUP")),
            ]
        },
        heard=PARCEL,
        then={"order-7": [DispatchConflict]},
    ),
    Heard(
        "An order whose parcel has left is not cancelled",
        given={"order-7": TO_THE_CONFIRMATION},
        heard=PARCEL,
        later=("order-7", CancelOrder()),
        then={"order-7": [OrderShipped]},
    ),
    Heard(
        "A delivery of a supplier is received",
        given={"item-TEA": [ItemRegistered(name="Tea", reorder_point=0)]},
        heard=GOODS,
        then={"item-TEA": [StockReceived(quantity=5)]},
    ),
    Heard(
        "A delivery of what nobody registered is parked",
        given={},
        heard=GOODS,
        then={},
        parked="ReceiveStock to item-TEA was refused",
    ),
    Heard(
        "A delivery that nobody can read is parked",
        given={},
        heard=InboundEvent("/suppliers/far", "d2", GOODS.type, {"sku": "TEA", "quantity": -5}),
        then={},
        parked="InvalidMessage",
    ),
    Heard(
        "What others tell besides is not our business",
        given={},
        heard=InboundEvent("/carriers/fast", "w1", "com.example.carrier.van-washed", None),
        then={},
    ),
]
