"""What an item decides: it never promises more than it has."""

from typing import assert_never

from shared.domain.shop.item.commands import (
    AdjustStock,
    ChangeReorderPoint,
    DiscontinueItem,
    ItemCommand,
    ReceiveStock,
    RegisterItem,
    ReleaseForOrder,
    ReleaseReservation,
    ReserveForOrder,
    ReserveStock,
    RoutedCommand,
    ShipForOrder,
    ShipReservation,
)
from shared.domain.shop.item.events import (
    ItemDiscontinued,
    ItemEvent,
    ItemRegistered,
    ReorderPointChanged,
    ReservationReleased,
    ReservationShipped,
    StockAdjusted,
    StockReceived,
    StockReserved,
)
from shared.domain.shop.item.process import decide_for_order
from shared.domain.shop.item.shortages import with_crossing
from shared.domain.shop.item.state import Item
from shared.kernel.commands.decider import Decision, Refusal

# Far above any warehouse, and far below what a JSON number holds exactly.
MOST_IN_STOCK = 1_000_000_000

_FOR_ORDERS = (ReserveForOrder, ReleaseForOrder, ShipForOrder)

type ItemDecision = Decision[ItemEvent]


def decide(command: ItemCommand, state: Item) -> ItemDecision:
    """Answer a command with events, with nothing to do, or with a refusal."""
    if isinstance(command, _FOR_ORDERS):
        decision: ItemDecision = decide_for_order(command, state)
    else:
        decision = _decide(command, state)
    if not decision or isinstance(decision, Refusal):
        return decision
    return with_crossing(decision, state)


def _decide(command: RoutedCommand, state: Item) -> ItemDecision:
    if isinstance(command, RegisterItem):
        return _register(command, state)
    if not state.registered:
        return Refusal("item-unknown", "Nobody has registered this item.")
    match command:
        case ReceiveStock(quantity=quantity):
            return _receive(quantity, state)
        case ReserveStock():
            return _reserve(command, state)
        case ReleaseReservation() | ShipReservation():
            return _end(command, state)
        case AdjustStock():
            return _adjust(command, state)
        case ChangeReorderPoint(reorder_point=reorder_point):
            if reorder_point == state.reorder_point:
                return ()
            return (ReorderPointChanged(reorder_point=reorder_point),)
        case DiscontinueItem():
            return () if state.discontinued else (ItemDiscontinued(),)
        case _:
            assert_never(command)


def _register(command: RegisterItem, state: Item) -> ItemDecision:
    if state.registered:
        return Refusal("item-registered-already", "The item is registered already.")
    return (ItemRegistered(name=command.name, reorder_point=command.reorder_point),)


def _receive(quantity: int, state: Item) -> ItemDecision:
    if state.discontinued:
        return Refusal("item-discontinued", "The item is discontinued: no more is taken in.")
    if _pieces(state) + quantity > MOST_IN_STOCK:
        return _too_much()
    return (StockReceived(quantity=quantity),)


def _reserve(command: ReserveStock, state: Item) -> ItemDecision:
    held = state.reserved.get(command.reservation_id)
    if held == command.quantity:
        return ()
    if held is not None:
        return Refusal(
            "reservation-differs", f"This reservation holds {held} already, not {command.quantity}."
        )
    if state.discontinued:
        return Refusal("item-discontinued", "The item is discontinued: no more is reserved.")
    if command.quantity > state.available:
        return Refusal(
            "not-enough-stock", f"{command.quantity} wanted, {state.available} available."
        )
    return (StockReserved(reservation_id=command.reservation_id, quantity=command.quantity),)


def _end(command: ReleaseReservation | ShipReservation, state: Item) -> ItemDecision:
    held = state.reserved.get(command.reservation_id)
    if held is None:
        return Refusal("reservation-unknown", "No stock is held under this reservation.")
    ended = ReservationReleased if isinstance(command, ReleaseReservation) else ReservationShipped
    return (ended(reservation_id=command.reservation_id, quantity=held),)


def _adjust(command: AdjustStock, state: Item) -> ItemDecision:
    if command.quantity == 0:
        return ()
    if state.available + command.quantity < 0:
        return Refusal(
            "stock-is-reserved",
            f"Only {state.available} are not reserved: the count cannot fall by more.",
        )
    if _pieces(state) + command.quantity > MOST_IN_STOCK:
        return _too_much()
    return (StockAdjusted(quantity=command.quantity, reason=command.reason),)


def _pieces(state: Item) -> int:
    return state.available + sum(state.reserved.values())


def _too_much() -> Refusal:
    return Refusal("too-much-stock", f"An item holds at most {MOST_IN_STOCK} pieces.")
