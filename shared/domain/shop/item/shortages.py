"""Shortages: the item says itself when it runs low, and when no longer, in the commit that crosses the line."""

from shared.domain.shop.item.events import (
    ItemEvent,
    ReservationReleased,
    ShortageEnded,
    StockRanLow,
    StockReceived,
)
from shared.domain.shop.item.state import Item, evolve

_GROWING = frozenset({StockReceived, ReservationReleased})
"""What adds to the stock begins no shortage."""


def with_crossing(events: tuple[ItemEvent, ...], state: Item) -> tuple[ItemEvent, ...]:
    """Add what the events come to if they cross the reorder point; a new item is below it without a crossing."""
    if type(events[0]) in _GROWING and not state.short:
        return events
    after = state
    for event in events:
        after = evolve(after, event)
    if after.short and not after.low:
        return (*events, ShortageEnded())
    if state.registered and after.low and not state.low:
        return (*events, StockRanLow(shortage=after.shortages + 1))
    return events
