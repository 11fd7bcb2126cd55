"""The views `orders` and `customers`: where an order is, by its id, and all orders of a customer."""

from shared.domain.shop.order import order
from shared.domain.shop.order.events import (
    DeclineRecorded,
    DispatchConflict,
    DispatchRecorded,
    OfAnOrder,
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
    ReservationRecorded,
)
from shared.kernel.messages.message import Event, Message
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import View


class LineSummary(Message):
    """A line, and what its item answered: `waiting`, `reserved`, `declined`."""

    sku: str
    quantity: int
    answer: str


class OrderSummary(Message):
    """An order: `status` is `unknown` (dispatched, but not placed yet) or what the last word on it says."""

    status: str = "unknown"
    customer_id: str = ""
    lines: tuple[LineSummary, ...] = ()
    reason: str = ""
    dispatched: bool = False
    conflict: bool = False


def evolve(summary: OrderSummary, event: Event) -> OrderSummary:
    """Fold one event of an order into its summary."""
    match event:
        case OrderPlaced(lines=lines):
            waiting = tuple(
                LineSummary(sku=line.sku, quantity=line.quantity, answer="waiting")
                for line in lines
            )
            change: dict[str, object] = {"status": "placed", "lines": waiting}
        case ReservationRecorded(sku=sku):
            change = {"lines": _answered(summary, sku, "reserved")}
        case DeclineRecorded(sku=sku, reason=reason):
            change = {"lines": _answered(summary, sku, "declined"), "reason": reason}
        case OrderConfirmed():
            change = {"status": "confirmed"}
        case OrderRejected():
            change = {"status": "rejected"}
        case OrderCancelled(reason=reason):
            change = {"status": "cancelled", "reason": reason}
        case DispatchRecorded():
            change = {"dispatched": True}
        case OrderShipped():
            change = {"status": "shipped", "dispatched": True}
        case DispatchConflict():
            change = {"dispatched": True, "conflict": True}
        case _:
            change = {}
    if isinstance(event, OfAnOrder):
        change["customer_id"] = event.customer_id
    return summary.model_copy(update=change)


def _answered(summary: OrderSummary, sku: str, answer: str) -> tuple[LineSummary, ...]:
    return tuple(
        line.model_copy(update={"answer": answer}) if line.sku == sku else line
        for line in summary.lines
    )


def order_id(stream: StreamName, _event: Event) -> str:
    """Key a summary by the order's id, which is the id of its stream."""
    return stream.id


def customer_id(_stream: StreamName, event: Event) -> str:
    """Key a summary by the customer, whom every event of an order carries; raises TypeError for another event."""
    if not isinstance(event, OfAnOrder):
        raise TypeError(f"{type(event).__name__} is no event of an order")
    return event.customer_id


orders = View("orders", order, OrderSummary, evolve, order_id, sorts=("status",))
customers = View("customers", order, OrderSummary, evolve, customer_id, sorts=("status",))
