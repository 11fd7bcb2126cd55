"""What an order decides: customers may be refused, the process never is.

What the process says gives an event or nothing, in whatever order it comes, and however often.
"""

from typing import Literal, assert_never

from shared.domain.shop.order.commands import (
    CancelOrder,
    ExpireOrder,
    OrderCommand,
    PlaceOrder,
    RecordDecline,
    RecordDispatch,
    RecordReservation,
)
from shared.domain.shop.order.events import (
    DeclineRecorded,
    DispatchConflict,
    DispatchRecorded,
    LateReservationRecorded,
    OrderCancelled,
    OrderConfirmed,
    OrderedLine,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
    ReservationRecorded,
)
from shared.domain.shop.order.state import Order
from shared.kernel.commands.decider import Decision, Refusal

type Events = tuple[OrderEvent, ...]


def decide(command: OrderCommand, state: Order) -> Decision[OrderEvent]:
    """Answer a command with events, with nothing to do, or (a customer's) with a refusal."""
    match command:
        case PlaceOrder():
            return _place(command, state)
        case CancelOrder():
            return _cancel(state)
        case RecordReservation(sku=sku):
            return _record_reservation(sku, state)
        case RecordDecline():
            return _record_decline(command, state)
        case RecordDispatch(customer_id=customer):
            return _record_dispatch(customer, state)
        case ExpireOrder():
            return _over(_called_off("expired", state), state) if state.status == "placed" else ()
        case _:
            assert_never(command)


def _place(command: PlaceOrder, state: Order) -> Decision[OrderEvent]:
    if state.status != "unknown":
        return Refusal("order-placed-already", "An order with this id was placed already.")
    if state.customer_id not in {"", command.customer_id}:
        return Refusal(
            "customer-differs", "Goods of this order have left for another customer already."
        )
    merged: dict[str, int] = {}
    for line in command.lines:
        merged[line.sku] = merged.get(line.sku, 0) + line.quantity
    lines = tuple(OrderedLine(sku=sku, quantity=quantity) for sku, quantity in merged.items())
    return (OrderPlaced(customer_id=command.customer_id, lines=lines),)


def _cancel(state: Order) -> Decision[OrderEvent]:
    match state.status:
        case "unknown":
            return Refusal("order-unknown", "Nobody has placed this order.")
        case "rejected":
            return Refusal("order-rejected", "The order was rejected: nothing is left to cancel.")
        case "cancelled":
            return ()
        case "placed" | "confirmed" | "shipped":
            if state.dispatched:
                return Refusal("order-dispatched", "The goods have left the house.")
            return (_called_off("asked", state),)
        case _:
            assert_never(state.status)


def _record_reservation(sku: str, state: Order) -> Events:
    if state.status == "unknown":
        # Items are asked by what follows from the placing: there is nobody to tell this to.
        return ()
    if state.over or sku not in state.lines:
        return (LateReservationRecorded(customer_id=state.customer_id, sku=sku),)
    if sku not in state.waiting:
        return ()
    recorded = ReservationRecorded(customer_id=state.customer_id, sku=sku)
    if state.waiting != (sku,):
        return (recorded,)
    return (recorded, *_confirmed(state))


def _confirmed(state: Order) -> Events:
    confirmed = OrderConfirmed(customer_id=state.customer_id, lines=state.order_lines)
    return (confirmed, _shipped(state)) if state.dispatched else (confirmed,)


def _record_decline(command: RecordDecline, state: Order) -> Events:
    if state.status != "placed" or command.sku not in state.waiting:
        return ()
    customer = state.customer_id
    declined = DeclineRecorded(customer_id=customer, sku=command.sku, reason=command.reason)
    others = tuple(sku for sku in state.lines if sku != command.sku)
    return (
        declined,
        *_over(OrderRejected(customer_id=customer, lines_to_release=others), state),
    )


def _record_dispatch(customer: str, state: Order) -> Events:
    if state.dispatched:
        return ()
    match state.status:
        case "unknown":
            return (DispatchRecorded(customer_id=customer),)
        case "placed":
            return (DispatchRecorded(customer_id=state.customer_id),)
        case "confirmed" | "shipped":
            return (_shipped(state),)
        case "rejected" | "cancelled":
            return (DispatchConflict(customer_id=state.customer_id),)
        case _:
            assert_never(state.status)


def _shipped(state: Order) -> OrderShipped:
    return OrderShipped(customer_id=state.customer_id, lines=state.order_lines)


def _called_off(reason: Literal["asked", "expired"], state: Order) -> OrderCancelled:
    return OrderCancelled(
        customer_id=state.customer_id,
        reason=reason,
        lines_to_release=tuple(state.lines),
    )


def _over(end: OrderRejected | OrderCancelled, state: Order) -> Events:
    """End an order, and say so if its goods have left all the same."""
    if not state.dispatched:
        return (end,)
    return (end, DispatchConflict(customer_id=state.customer_id))
