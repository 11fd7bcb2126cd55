"""What an item has, counted event by event by plain arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.kernel.messages.commit import RecordedEvent
from tests.simulation.watch import ADDS

ENDS = {"ReservationReleased", "ReservationShipped", "ReservationDeclined", "ReservationWithdrawn"}


@dataclass
class Level:
    """The pieces of an item, who holds them, and its shortages."""

    registered: bool = False
    discontinued: bool = False
    reorder_point: int = 0
    available: int = 0
    shortages: int = 0
    short: bool = False
    held: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def add(self, event: RecordedEvent) -> None:
        """Count one event."""
        data, type_ = event.data, event.type
        self.available += ADDS.get(type_, 0) * data.get("quantity", 0)
        self.reorder_point = data.get("reorderPoint", self.reorder_point)
        self.registered |= type_ == "ItemRegistered"
        self.discontinued |= type_ == "ItemDiscontinued"
        if type_ == "StockReserved":
            self.held[data["reservationId"]] = data["quantity"]
        if type_ in ENDS:
            self.held.pop(data["reservationId"], None)
            self.ended.add(data["reservationId"])
        if type_ in {"StockRanLow", "ShortageEnded"}:
            self.short = type_ == "StockRanLow"
            self.shortages += self.short

    @property
    def low(self) -> bool:
        """Tell whether less is available than the reorder point says."""
        return self.registered and not self.discontinued and self.available < self.reorder_point


def level_of(events: Sequence[RecordedEvent]) -> Level:
    """Count events from the beginning on."""
    level = Level()
    for event in events:
        level.add(event)
    return level
