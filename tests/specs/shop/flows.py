"""The whole flow: what one command leads to, in every stream and in the views, whatever fails on the way."""

from collections.abc import Mapping, Sequence
from typing import Literal

from shared.domain.shop.item.commands import ReserveStock
from shared.domain.shop.item.events import (
    ReservationDeclined,
    ReservationReleased,
    ReservationShipped,
    ShortageEnded,
    StockRanLow,
    StockReserved,
)
from shared.domain.shop.order.commands import CancelOrder, PlaceOrder
from shared.domain.shop.order.events import (
    DeclineRecorded,
    LateReservationRecorded,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
    ReservationRecorded,
)
from shared.domain.shop.process import public_events
from shared.domain.shop.replenishment import ReplenishmentRequested
from shared.kernel.messages.message import PublicEvent
from tests.specs.shop.inbound import PARCEL
from tests.specs.shop.item import TEN_IN_STOCK
from tests.specs.shop.order_events import TO_THE_CONFIRMATION, WANTED_CUP, WANTED_TEA
from tests.specs.shop.shortages import ENOUGH
from tests.specs.shop.told import LINK
from tests.specs.spec import BEFORE_REACTIONS, Flow

PLACE = ("order-7", PlaceOrder(customer_id="C1", lines=(WANTED_TEA, WANTED_CUP)))
TEA_HELD = StockReserved(reservation_id="7/TEA", quantity=2)
CUP_HELD = StockReserved(reservation_id="7/CUP", quantity=1)
SIX_HELD = StockReserved(reservation_id="7/TEA", quantity=6)
TOLD: Mapping[str, Sequence[PublicEvent]] = {
    "order-7": [
        public_events.OrderConfirmed(
            link=LINK,
            order_id="7",
            customer_id="C1",
            lines=(
                public_events.NamedLine(sku="TEA", quantity=2, name="Teapot"),
                public_events.NamedLine(sku="CUP", quantity=1, name="Teapot"),
            ),
        )
    ]
}
SHIPPED = public_events.OrderShipped(
    link=LINK,
    order_id="7",
    customer_id="C1",
    lines=(
        public_events.Line(sku="TEA", quantity=2),
        public_events.Line(sku="CUP", quantity=1),
    ),
)
STOCK = {"item-TEA": TEN_IN_STOCK, "item-CUP": TEN_IN_STOCK}


def called_off(reason: Literal["asked", "expired"]) -> Mapping[str, Sequence[PublicEvent]]:
    told = public_events.OrderCancelled(link=LINK, order_id="7", customer_id="C1", reason=reason)
    return {"order-7": [told]}


SPECS = [
    Flow(
        "An order for which everything is there is confirmed",
        given=STOCK,
        when=PLACE,
        then={
            "item-TEA": [TEA_HELD],
            "item-CUP": [CUP_HELD],
            "order-7": [OrderPlaced, ReservationRecorded, ReservationRecorded, OrderConfirmed],
        },
        shown={
            ("orders", "7"): {"status": "confirmed"},
            ("customers", "C1"): {"status": "confirmed"},
            ("stock", "TEA"): {"available": 8, "reserved": 2},
        },
        told=TOLD,
        feed={"shop": TOLD},
    ),
    Flow(
        "An order is shipped once the feed of a carrier shows that its parcel has left",
        given=STOCK,
        when=PLACE,
        polled=[PARCEL],
        then={
            "item-TEA": [TEA_HELD, ReservationShipped(reservation_id="7/TEA", quantity=2)],
            "item-CUP": [CUP_HELD, ReservationShipped(reservation_id="7/CUP", quantity=1)],
            "order-7": [
                *(OrderPlaced, ReservationRecorded, ReservationRecorded, OrderConfirmed),
                OrderShipped,
            ],
        },
        shown={("orders", "7"): {"status": "shipped"}, ("stock", "TEA"): {"available": 8}},
        told={"order-7": [*TOLD["order-7"], SHIPPED]},
        feed={"shop": {"order-7": [*TOLD["order-7"], SHIPPED]}},
    ),
    Flow(
        "An order of what nobody registered is rejected",
        given={},
        when=("order-7", PlaceOrder(customer_id="C1", lines=(WANTED_CUP,))),
        then={
            "item-CUP": [ReservationDeclined],
            "order-7": [OrderPlaced, DeclineRecorded, OrderRejected],
        },
        shown={("orders", "7"): {"status": "rejected", "reason": "item-unknown"}},
        told={"order-7": [public_events.OrderRejected(link=LINK, order_id="7", customer_id="C1")]},
    ),
    Flow(
        "A cancelled order gives back what it holds, and a shortage ends",
        given={
            "item-TEA": (*ENOUGH, SIX_HELD, StockRanLow(shortage=1)),
            "item-CUP": (*TEN_IN_STOCK, CUP_HELD),
            "order-7": TO_THE_CONFIRMATION,
        },
        when=("order-7", CancelOrder()),
        then={
            "item-TEA": [ReservationReleased, ShortageEnded],
            "item-CUP": [ReservationReleased],
            "order-7": [OrderCancelled],
        },
        shown={("orders", "7"): {"status": "cancelled"}, ("stock", "TEA"): {"available": 10}},
        told=called_off("asked"),
    ),
    Flow(
        "An order that waits for too long is called off, and gives back what is held for it late",
        given=STOCK,
        late=BEFORE_REACTIONS,
        when=PLACE,
        then={
            "item-TEA": [TEA_HELD, ReservationReleased],
            "item-CUP": [CUP_HELD, ReservationReleased],
            "order-7": [
                OrderPlaced,
                OrderCancelled(customer_id="C1", reason="expired", lines_to_release=("TEA", "CUP")),
                LateReservationRecorded,
                LateReservationRecorded,
            ],
        },
        shown={
            ("orders", "7"): {"status": "cancelled", "reason": "expired"},
            ("stock", "TEA"): {"available": 10, "reserved": 0},
        },
        told=called_off("expired"),
    ),
    Flow(
        "An item that runs low is to be replenished, once",
        given={"item-TEA": ENOUGH},
        when=("item-TEA", ReserveStock(reservation_id="r1", quantity=6)),
        then={
            "item-TEA": [StockReserved, StockRanLow(shortage=1)],
            "replenishment-TEA": [ReplenishmentRequested(shortage=1)],
        },
        shown={("replenishment", "TEA"): {"requests": 1, "lastShortage": 1}},
        told={
            "replenishment-TEA": [
                public_events.ReplenishmentRequested(
                    link="/api/views/replenishment/TEA", sku="TEA", shortage=1
                )
            ]
        },
    ),
]
