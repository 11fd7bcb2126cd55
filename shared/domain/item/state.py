"""What an item remembers of its events in order to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from shared.domain.item.events import (
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


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces that can be promised, and the outstanding reservations with their pieces."""

    registered: bool = False
    discontinued: bool = False
    reorder_point: int = 0
    available: int = 0
    reserved: Mapping[str, int] = field(default_factory=dict)


def evolve(state: Item, event: ItemEvent) -> Item:
    """Remember one event."""
    match event:
        case ItemRegistered(reorder_point=reorder_point):
            return replace(state, registered=True, reorder_point=reorder_point)
        case StockReceived(quantity=quantity) | StockAdjusted(quantity=quantity):
            return replace(state, available=state.available + quantity)
        case StockReserved(reservation_id=reservation, quantity=quantity):
            reserved = {**state.reserved, reservation: quantity}
            return replace(state, available=state.available - quantity, reserved=reserved)
        case ReservationReleased(reservation_id=reservation, quantity=quantity):
            return replace(
                state, available=state.available + quantity, reserved=_without(state, reservation)
            )
        case ReservationShipped(reservation_id=reservation):
            return replace(state, reserved=_without(state, reservation))
        case ReorderPointChanged(reorder_point=reorder_point):
            return replace(state, reorder_point=reorder_point)
        case ItemDiscontinued():
            return replace(state, discontinued=True)
        case _:
            assert_never(event)


def _without(state: Item, reservation: str) -> Mapping[str, int]:
    return {id_: quantity for id_, quantity in state.reserved.items() if id_ != reservation}
