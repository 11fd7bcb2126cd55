"""What an order does: customers may be refused, the process never is."""

from shared.domain.shop.item.commands import MOST_AT_ONCE
from shared.domain.shop.order.commands import (
    CancelOrder,
    ExpireOrder,
    OrderLine,
    PlaceOrder,
    RecordDecline,
    RecordDispatch,
    RecordReservation,
)
from shared.domain.shop.order.events import LateReservationRecorded, OrderedLine, OrderPlaced
from tests.specs.shop.order_events import (
    CONFIRMED,
    CONFLICT,
    CUP,
    CUP_DECLINED,
    CUP_RESERVED,
    DECLINE_CUP,
    GONE,
    PLACED,
    REJECTED,
    SHIPPED,
    TEA_RESERVED,
    TO_THE_CONFIRMATION,
    TO_THE_REJECTION,
    WANTED_CUP,
    WANTED_TEA,
    cancelled,
)
from tests.specs.spec import Spec

MOST_TEA = OrderLine(sku="TEA", quantity=MOST_AT_ONCE)
TWICE_AS_MUCH = OrderedLine(sku="TEA", quantity=2 * MOST_AT_ONCE)

SPECS = [
    Spec(
        "An order is placed",
        given=[],
        when=PlaceOrder(customer_id="C1", lines=(WANTED_TEA, WANTED_CUP)),
        then=[PLACED],
    ),
    Spec(
        "Lines of the same SKU are one line",
        given=[],
        when=PlaceOrder(customer_id="C1", lines=(WANTED_TEA, WANTED_CUP, WANTED_TEA)),
        then=[OrderPlaced(customer_id="C1", lines=(OrderedLine(sku="TEA", quantity=4), CUP))],
    ),
    Spec(
        "Lines of the same SKU may be more together than one alone",
        given=[],
        when=PlaceOrder(customer_id="C1", lines=(MOST_TEA, MOST_TEA)),
        then=[OrderPlaced(customer_id="C1", lines=(TWICE_AS_MUCH,))],
    ),
    Spec(
        "An order is placed once",
        given=[PLACED],
        when=PlaceOrder(customer_id="C1", lines=(WANTED_TEA,)),
        then="order-placed-already",
    ),
    Spec(
        "An order whose goods have left already can be placed",
        given=[GONE],
        when=PlaceOrder(customer_id="C1", lines=(WANTED_TEA, WANTED_CUP)),
        then=[PLACED],
    ),
    Spec(
        "Goods that left for one customer are not another's order",
        given=[GONE],
        when=PlaceOrder(customer_id="C2", lines=(WANTED_TEA, WANTED_CUP)),
        then="customer-differs",
    ),
    Spec(
        "An item holds a line",
        given=[PLACED],
        when=RecordReservation(sku="TEA"),
        then=[TEA_RESERVED],
    ),
    Spec(
        "The last reservation confirms the order",
        given=[PLACED, TEA_RESERVED],
        when=RecordReservation(sku="CUP"),
        then=[CUP_RESERVED, CONFIRMED],
    ),
    Spec(
        "A reservation is recorded once",
        given=[PLACED, TEA_RESERVED],
        when=RecordReservation(sku="TEA"),
        then=[],
    ),
    Spec(
        "A reservation for an order that nobody placed says nothing",
        given=[],
        when=RecordReservation(sku="TEA"),
        then=[],
    ),
    Spec(
        "A reservation for an order that is over is late",
        given=TO_THE_REJECTION,
        when=RecordReservation(sku="TEA"),
        then=[LateReservationRecorded(customer_id="C1", sku="TEA")],
    ),
    Spec(
        "A reservation of what was not ordered is late",
        given=[PLACED],
        when=RecordReservation(sku="POT"),
        then=[LateReservationRecorded(customer_id="C1", sku="POT")],
    ),
    Spec(
        "The first decline rejects the order, and the other lines are given back",
        given=[PLACED],
        when=DECLINE_CUP,
        then=[CUP_DECLINED, REJECTED],
    ),
    Spec(
        "Behind the first decline the others say nothing new",
        given=TO_THE_REJECTION,
        when=RecordDecline(sku="TEA", reason="not-enough-stock"),
        then=[],
    ),
    Spec(
        "A decline for an order that nobody placed says nothing",
        given=[],
        when=DECLINE_CUP,
        then=[],
    ),
    Spec(
        "A decline of what was not ordered says nothing",
        given=[PLACED],
        when=RecordDecline(sku="POT", reason="item-unknown"),
        then=[],
    ),
    Spec(
        "An order is cancelled, and every line is given back",
        given=[PLACED, TEA_RESERVED],
        when=CancelOrder(),
        then=[cancelled("asked")],
    ),
    Spec(
        "A confirmed order can be cancelled",
        given=TO_THE_CONFIRMATION,
        when=CancelOrder(),
        then=[cancelled("asked")],
    ),
    Spec(
        "An order is cancelled once",
        given=[PLACED, cancelled("asked")],
        when=CancelOrder(),
        then=[],
    ),
    Spec(
        "An order that nobody placed cannot be cancelled",
        given=[],
        when=CancelOrder(),
        then="order-unknown",
    ),
    Spec(
        "A rejected order cannot be cancelled",
        given=TO_THE_REJECTION,
        when=CancelOrder(),
        then="order-rejected",
    ),
    Spec(
        "A shipped order cannot be cancelled",
        given=[*TO_THE_CONFIRMATION, SHIPPED],
        when=CancelOrder(),
        then="order-dispatched",
    ),
    Spec(
        "An order whose goods have left cannot be cancelled, confirmed or not",
        given=[PLACED, GONE],
        when=CancelOrder(),
        then="order-dispatched",
    ),
    Spec(
        "A confirmed order is shipped",
        given=TO_THE_CONFIRMATION,
        when=RecordDispatch(customer_id="C1"),
        then=[SHIPPED],
    ),
    Spec(
        "An order is shipped once",
        given=[*TO_THE_CONFIRMATION, SHIPPED],
        when=RecordDispatch(customer_id="C1"),
        then=[],
    ),
    Spec(
        "Goods that leave before the confirmation are kept in mind",
        given=[PLACED],
        when=RecordDispatch(customer_id="C1"),
        then=[GONE],
    ),
    Spec(
        "Goods may be heard of before the order",
        given=[],
        when=RecordDispatch(customer_id="C1"),
        then=[GONE],
    ),
    Spec(
        "An order whose goods have left is shipped as soon as it is confirmed",
        given=[PLACED, TEA_RESERVED, GONE],
        when=RecordReservation(sku="CUP"),
        then=[CUP_RESERVED, CONFIRMED, SHIPPED],
    ),
    Spec(
        "Goods that leave for a cancelled order are a case for people",
        given=[PLACED, cancelled("asked")],
        when=RecordDispatch(customer_id="C1"),
        then=[CONFLICT],
    ),
    Spec(
        "Goods that leave for a rejected order are a case for people",
        given=TO_THE_REJECTION,
        when=RecordDispatch(customer_id="C1"),
        then=[CONFLICT],
    ),
    Spec(
        "A rejection of what has left is a case for people",
        given=[PLACED, GONE],
        when=DECLINE_CUP,
        then=[CUP_DECLINED, REJECTED, CONFLICT],
    ),
    Spec(
        "An order that waits for too long is called off",
        given=[PLACED, TEA_RESERVED],
        when=ExpireOrder(),
        then=[cancelled("expired")],
    ),
    Spec(
        "An order that waits for too long, and has left, is a case for people",
        given=[PLACED, GONE],
        when=ExpireOrder(),
        then=[cancelled("expired"), CONFLICT],
    ),
    Spec(
        "A confirmed order does not expire",
        given=TO_THE_CONFIRMATION,
        when=ExpireOrder(),
        then=[],
    ),
    Spec(
        "An order that nobody placed does not expire",
        given=[],
        when=ExpireOrder(),
        then=[],
    ),
]
