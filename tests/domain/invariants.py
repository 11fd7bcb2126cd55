"""What is true once everything has settled, told from the events alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from shared.domain.item.events import (
    ReservationReleased,
    ReservationShipped,
    StockAdjusted,
    StockReceived,
    StockReserved,
)
from shared.domain.item.reservations import order_of
from shared.domain.order.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
)
from shared.kernel.message import Event

type Events = Mapping[str, Iterable[Event]]
ENDS = {
    OrderPlaced: "placed",
    OrderConfirmed: "confirmed",
    OrderRejected: "rejected",
    OrderCancelled: "cancelled",
    OrderShipped: "shipped",
}


def broken(events: Events) -> list[str]:
    """Say which promises of the order process are broken; keys are streams."""
    orders = {stream.partition("-")[2]: s for stream, s in _statuses(events)}
    wrong = [
        f"order-{id_} is still {status}" for id_, status in orders.items() if status == "placed"
    ]
    for stream, recorded in events.items():
        if stream.startswith("item-"):
            wrong += _item(stream, recorded, orders)
    return wrong


def _statuses(events: Events) -> Iterator[tuple[str, str]]:
    for stream, recorded in events.items():
        if stream.startswith("order-"):
            told = [ENDS[type(event)] for event in recorded if type(event) in ENDS]
            if told:
                yield stream, told[-1]


def _item(stream: str, recorded: Iterable[Event], orders: Mapping[str, str]) -> list[str]:
    wrong: list[str] = []
    held: dict[str, int] = {}
    made: Counter[str] = Counter()
    taken_in = shipped = available = 0
    for event in recorded:
        match event:
            case StockReceived(quantity=n) | StockAdjusted(quantity=n):
                taken_in, available = taken_in + n, available + n
            case StockReserved(reservation_id=id_, quantity=n):
                held[id_], available = n, available - n
                made[id_] += 1
            case ReservationReleased(reservation_id=id_):
                available += held.pop(id_)
            case ReservationShipped(reservation_id=id_):
                shipped += held.pop(id_)
            case _:
                pass
        if available < 0:
            wrong.append(f"{stream} was oversold")
    if taken_in != available + sum(held.values()) + shipped:
        wrong.append(f"{stream}: {taken_in} came in, {available}+{held}+{shipped} are known of")
    for id_, times in made.items():
        order = order_of(id_)
        if order is not None and times > 1:
            wrong.append(f"{stream}: {id_} was reserved {times} times")
    for id_ in held:
        status = orders.get(order_of(id_) or "")
        if order_of(id_) is not None and status not in {"placed", "confirmed"}:
            wrong.append(f"{stream}: {id_} holds stock, and its order is {status}")
    return wrong
