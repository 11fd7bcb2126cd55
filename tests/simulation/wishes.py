"""What a client of a simulation wishes for: pieces of an item, or an order of several."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.domain.shop.item.commands import (
    AdjustStock,
    ChangeReorderPoint,
    ReceiveStock,
    ReleaseReservation,
    ReserveStock,
    ShipReservation,
)
from shared.domain.shop.order.commands import CancelOrder, OrderLine, PlaceOrder, RecordDispatch
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName

REORDERS = 0.02
UNSTORABLE, REFUSED = "what the store never takes", 0.2


class Wishing(Protocol):
    """What a client of any business wishes for."""

    def wish(self, number: int) -> tuple[StreamName, Command]:
        """Make the nth wish."""
        ...

    def asker(self, command: Command) -> str | None:
        """Say who asks for a command; None for nobody known."""
        ...

    def other(self, stream: StreamName) -> Command:
        """Think of something else to ask of a stream."""
        ...

    def insists(self, stream: StreamName) -> bool:
        """Tell whether one may insist on the version of a stream."""
        ...

    def may_wait(self, command: Command) -> bool:
        """Tell whether a command may be left in the mailbox."""
        ...


@dataclass
class Wishes:
    """The wishes of one client, so many for the first item; its reservations and orders are its own."""

    name: str
    streams: Sequence[StreamName]
    hot: float
    dice: random.Random
    reorders: float = REORDERS
    held: list[tuple[StreamName, str]] = field(default_factory=list)
    orders: list[StreamName] = field(default_factory=list)

    def wish(self, number: int) -> tuple[StreamName, Command]:
        """Make the nth wish."""
        roll = self.dice.random()
        stream = (
            self.streams[0] if self.dice.random() < self.hot else self.dice.choice(self.streams)
        )
        if self.held and roll < 0.2:
            stream, reservation = self.held.pop(self.dice.randrange(len(self.held)))
            end = ReleaseReservation if roll < 0.1 else ShipReservation
            return stream, end(reservation_id=reservation)
        if self.orders and roll < 0.35:
            return self._about_an_order(roll)
        if roll < 0.5:
            return self._order(number)
        if roll < 0.6:
            return stream, ReceiveStock(quantity=self.dice.randint(1, 4))
        if roll < 0.65:
            reason = UNSTORABLE if self.dice.random() < REFUSED else "count"
            return stream, AdjustStock(quantity=self.dice.randint(-2, 2), reason=reason)
        if roll < 0.65 + self.reorders:
            return stream, ChangeReorderPoint(reorder_point=self.dice.randint(0, 3))
        reservation = f"{self.name}-{number}"
        self.held.append((stream, reservation))
        quantity = self.dice.randint(1, 4)
        return stream, ReserveStock(reservation_id=reservation, quantity=quantity)

    def asker(self, _command: Command) -> str | None:
        """Say that nobody known asks."""
        return None

    def other(self, stream: StreamName) -> Command:
        """Think of something else to ask of a stream."""
        return ReceiveStock(quantity=1_000) if stream.category == "item" else CancelOrder()

    def insists(self, stream: StreamName) -> bool:
        """Tell whether one may insist on the version of a stream."""
        return stream.category == "item"

    def may_wait(self, command: Command) -> bool:
        """Tell whether a command may be left in the mailbox."""
        return not isinstance(command, RecordDispatch)

    def _order(self, number: int) -> tuple[StreamName, Command]:
        order = StreamName("order", f"{self.name}-{number}")
        self.orders.append(order)
        skus = self.dice.choices(self.streams, k=self.dice.randint(1, 3))
        lines = tuple(OrderLine(sku=sku.id, quantity=self.dice.randint(1, 2)) for sku in skus)
        return order, PlaceOrder(customer_id=self.name, lines=lines)

    def _about_an_order(self, roll: float) -> tuple[StreamName, Command]:
        order = self.orders.pop(self.dice.randrange(len(self.orders)))
        if roll < 0.27:
            return order, CancelOrder()
        return order, RecordDispatch(customer_id=self.name)
