"""Items as a child would count them: what each command should come to, and what is left behind it."""

from dataclasses import dataclass, field

type Expected = list[str] | str
"""Types of events, or the code of a refusal."""


@dataclass
class Counted:
    """An item that is registered with a reorder point of 0."""

    available: int = 0
    reorder_point: int = 0
    discontinued: bool = False
    version: int = 1
    reserved: dict[str, int] = field(default_factory=dict)

    @property
    def low(self) -> bool:
        return not self.discontinued and self.available < self.reorder_point

    def receive(self, quantity: int) -> Expected:
        if self.discontinued:
            return "item-discontinued"
        return self._become("StockReceived", available=self.available + quantity)

    def reserve(self, reservation: str, quantity: int) -> Expected:
        held = self.reserved.get(reservation)
        if held == quantity:
            return []
        if held is not None:
            return "reservation-differs"
        if self.discontinued:
            return "item-discontinued"
        if quantity > self.available:
            return "not-enough-stock"
        self.reserved[reservation] = quantity
        return self._become("StockReserved", available=self.available - quantity)

    def release(self, reservation: str) -> Expected:
        if reservation not in self.reserved:
            return "reservation-unknown"
        back = self.reserved.pop(reservation)
        return self._become("ReservationReleased", available=self.available + back)

    def ship(self, reservation: str) -> Expected:
        if reservation not in self.reserved:
            return "reservation-unknown"
        del self.reserved[reservation]
        return self._become("ReservationShipped")

    def adjust(self, quantity: int) -> Expected:
        if quantity == 0:
            return []
        if self.available + quantity < 0:
            return "stock-is-reserved"
        return self._become("StockAdjusted", available=self.available + quantity)

    def change(self, reorder_point: int) -> Expected:
        if reorder_point == self.reorder_point:
            return []
        return self._become("ReorderPointChanged", reorder_point=reorder_point)

    def discontinue(self) -> Expected:
        return [] if self.discontinued else self._become("ItemDiscontinued", discontinued=True)

    def _become(self, event: str, **changes: int) -> list[str]:
        before = self.low
        for name, value in changes.items():
            setattr(self, name, value)
        crossed = [] if self.low == before else ["StockRanLow" if self.low else "ShortageEnded"]
        self.version += 1 + len(crossed)
        return [event, *crossed]


def order(lines: dict[str, int], id_: str, items: dict[str, Counted]) -> str:
    """Hold every line of an order, or none; gives the status in which it ends."""
    wanted = [(items[sku], f"{id_}/{sku}", quantity) for sku, quantity in lines.items()]
    if any(item.discontinued or quantity > item.available for item, _, quantity in wanted):
        return "rejected"
    for item, reservation, quantity in wanted:
        item.reserve(reservation, quantity)
    return "confirmed"


def cancel(lines: dict[str, int], id_: str, items: dict[str, Counted]) -> None:
    """Give back what an order holds."""
    for sku in lines:
        items[sku].release(f"{id_}/{sku}")
