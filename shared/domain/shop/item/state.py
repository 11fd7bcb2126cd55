"""What an item remembers of its events in order to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from shared.domain.shop.item.events import (
    ItemDiscontinued,
    ItemEvent,
    ItemRegistered,
    ReorderPointChanged,
    ReservationDeclined,
    ReservationReleased,
    ReservationShipped,
    ReservationWithdrawn,
    ShortageEnded,
    StockAdjusted,
    StockRanLow,
    StockReceived,
    StockReserved,
)
from shared.domain.shop.item.reservations import is_an_orders

MOST_ENDED = 100
"""So many ended reservations of orders are remembered, so that the state stays small however many there were.

Nothing is lost with an older one: if its reserve command comes after all, the order records the reservation
as late and gives it back.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces that can be promised, and the outstanding reservations with their pieces.

    `ended` are the last reservations of orders that were declined, withdrawn, released or shipped; `shortages`
    counts those that ever began, and `short` says that the last one goes on.
    """

    registered: bool = False
    discontinued: bool = False
    reorder_point: int = 0
    available: int = 0
    reserved: Mapping[str, int] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    shortages: int = 0
    short: bool = False

    @property
    def low(self) -> bool:
        """Tell whether less is available than the reorder point says; what is discontinued is not missed."""
        kept = self.registered and not self.discontinued
        return kept and self.available < self.reorder_point


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
            return _end(replace(state, available=state.available + quantity), reservation)
        case (
            ReservationShipped(reservation_id=reservation)
            | ReservationDeclined(reservation_id=reservation)
            | ReservationWithdrawn(reservation_id=reservation)
        ):
            return _end(state, reservation)
        case ReorderPointChanged(reorder_point=reorder_point):
            return replace(state, reorder_point=reorder_point)
        case ItemDiscontinued():
            return replace(state, discontinued=True)
        case StockRanLow(shortage=shortage):
            return replace(state, shortages=shortage, short=True)
        case ShortageEnded():
            return replace(state, short=False)
        case _:
            assert_never(event)


def _end(state: Item, reservation: str) -> Item:
    reserved = {id_: held for id_, held in state.reserved.items() if id_ != reservation}
    if not is_an_orders(reservation):
        return replace(state, reserved=reserved)
    others = [id_ for id_ in state.ended if id_ != reservation]
    return replace(state, reserved=reserved, ended=(*others, reservation)[-MOST_ENDED:])
