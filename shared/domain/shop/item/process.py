"""What an item answers to orders: an event or nothing, in whatever order and however often they ask.

A redelivered command has the id of the first, and is answered with what that one stored. What is left to decide
here is commands of different ids that overtake one another.
"""

from typing import assert_never

from shared.domain.shop.item.commands import (
    ProcessCommand,
    ReleaseForOrder,
    ReserveForOrder,
    ShipForOrder,
)
from shared.domain.shop.item.events import (
    ItemEvent,
    ReservationDeclined,
    ReservationReleased,
    ReservationShipped,
    ReservationWithdrawn,
    StockReserved,
)
from shared.domain.shop.item.state import Item


def decide_for_order(command: ProcessCommand, state: Item) -> tuple[ItemEvent, ...]:
    """Answer an order; the item may be one that nobody has registered."""
    reservation, held = command.reservation_id, state.reserved.get(command.reservation_id)
    match command:
        case ReserveForOrder(quantity=quantity):
            if held is not None:
                return ()
            reason = _why_not(command, state)
            if reason is None:
                return (StockReserved(reservation_id=reservation, quantity=quantity),)
            declined = ReservationDeclined(
                reservation_id=reservation, quantity=quantity, reason=reason
            )
            return (declined,)
        case ReleaseForOrder():
            if held is not None:
                return (ReservationReleased(reservation_id=reservation, quantity=held),)
            if reservation in state.ended:
                return ()
            return (ReservationWithdrawn(reservation_id=reservation),)
        case ShipForOrder():
            if held is None:
                return ()
            return (ReservationShipped(reservation_id=reservation, quantity=held),)
        case _:
            assert_never(command)


def _why_not(command: ReserveForOrder, state: Item) -> str | None:
    """Give the code of the reason not to reserve; the same as a refusal's, where there is one."""
    if command.reservation_id in state.ended:
        return "reservation-ended"
    if not state.registered:
        return "item-unknown"
    if state.discontinued:
        return "item-discontinued"
    return "not-enough-stock" if command.quantity > state.available else None
