"""What has happened to the orders of the specs."""

from typing import Literal

from shared.domain.shop.order.commands import (
    OrderLine,
    RecordDecline,
)
from shared.domain.shop.order.events import (
    DeclineRecorded,
    DispatchConflict,
    DispatchRecorded,
    OrderCancelled,
    OrderConfirmed,
    OrderedLine,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
    ReservationRecorded,
)

WANTED_TEA, WANTED_CUP = OrderLine(sku="TEA", quantity=2), OrderLine(sku="CUP", quantity=1)
TEA, CUP = OrderedLine(sku="TEA", quantity=2), OrderedLine(sku="CUP", quantity=1)
PLACED = OrderPlaced(customer_id="C1", lines=(TEA, CUP))
TEA_RESERVED = ReservationRecorded(customer_id="C1", sku="TEA")
CUP_RESERVED = ReservationRecorded(customer_id="C1", sku="CUP")
CONFIRMED = OrderConfirmed(customer_id="C1", lines=(TEA, CUP))
CUP_DECLINED = DeclineRecorded(customer_id="C1", sku="CUP", reason="not-enough-stock")
REJECTED = OrderRejected(customer_id="C1", lines_to_release=("TEA",))
SHIPPED = OrderShipped(customer_id="C1", lines=(TEA, CUP))
GONE = DispatchRecorded(customer_id="C1")
CONFLICT = DispatchConflict(customer_id="C1")


def cancelled(reason: Literal["asked", "expired"]) -> OrderCancelled:
    return OrderCancelled(customer_id="C1", reason=reason, lines_to_release=("TEA", "CUP"))


TO_THE_CONFIRMATION = (PLACED, TEA_RESERVED, CUP_RESERVED, CONFIRMED)
TO_THE_REJECTION = (PLACED, CUP_DECLINED, REJECTED)
DECLINE_CUP = RecordDecline(sku="CUP", reason="not-enough-stock")
