"""What is true of orders and items once everything has settled, told from the raw events alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.shop.expected_rows import STATUSES

type Item = dict[str, Any]
type Streams = Mapping[str, Sequence[Item]]


def broken(events: Streams) -> list[str]:
    """Say which promises of the order process are broken; `events` by stream."""
    orders = statuses(events)
    wrong = [
        f"order-{id_} is still {status}" for id_, status in orders.items() if status == "placed"
    ]
    for stream, recorded in events.items():
        if stream.startswith("item-"):
            wrong += _item(stream, recorded, orders)
    return wrong + _dispatched(events, orders) + _confirmed_without_stock(events)


def confirmed(events: Streams) -> int:
    """Count the orders that were confirmed, whatever became of them afterwards."""
    return sum(any(e["type"] == "OrderConfirmed" for e in recorded) for recorded in events.values())


def statuses(events: Streams) -> dict[str, str]:
    """Tell by id what every order that was placed has come to."""
    found: dict[str, str] = {}
    for stream, recorded in events.items():
        said = [STATUSES[event["type"]] for event in recorded if event["type"] in STATUSES]
        if stream.startswith("order-") and said:
            found[stream.removeprefix("order-")] = said[-1]
    return found


def _item(stream: str, recorded: Sequence[Item], orders: Mapping[str, str]) -> list[str]:
    wrong: list[str] = []
    held: dict[str, int] = {}
    made: Counter[str] = Counter()
    available = 0
    for event in recorded:
        data, quantity = event["data"], event["data"].get("quantity", 0)
        match event["type"]:
            case "StockReceived" | "StockAdjusted":
                available += quantity
            case "StockReserved":
                available -= quantity
                held[data["reservationId"]] = quantity
                made[data["reservationId"]] += 1
            case "ReservationReleased" | "ReservationShipped" as end:
                ended = data["reservationId"]
                if quantity != (had := held.pop(ended, 0)):
                    wrong.append(f"{stream}: {ended} held {had}, and {end} says {quantity}")
                available += quantity if end == "ReservationReleased" else 0
        if available < 0:
            wrong.append(f"{stream} was oversold")
    return wrong + _orders_of(stream, held, made, orders)


def _orders_of(
    stream: str, held: Mapping[str, int], made: Counter[str], orders: Mapping[str, str]
) -> list[str]:
    """Check the reservations that orders made: their ids are the order, a slash, the line."""
    wrong = [
        f"{stream}: {id_} was reserved {times} times"
        for id_, times in made.items()
        if "/" in id_ and times > 1
    ]
    for id_ in held:
        order, slash, _ = id_.partition("/")
        if slash and orders.get(order) not in {"placed", "confirmed"}:
            wrong.append(f"{stream}: {id_} holds stock, and its order is {orders.get(order)}")
    return wrong


def _dispatched(events: Streams, orders: Mapping[str, str]) -> list[str]:
    """Name the orders whose goods have left, and that wait for a dispatch all the same."""
    return [
        f"order-{id_} is {status}, and its goods have left"
        for id_, status in orders.items()
        if status == "confirmed"
        and any(event["type"] == "DispatchRecorded" for event in events[f"order-{id_}"])
    ]


def _confirmed_without_stock(events: Streams) -> list[str]:
    """Name the lines of confirmed orders that no item ever held in full."""
    reserved = {
        (stream, event["data"]["reservationId"]): event["data"]["quantity"]
        for stream, recorded in events.items()
        for event in recorded
        if event["type"] == "StockReserved"
    }
    return [
        f"{stream} was confirmed, and item-{line['sku']} never held {line['quantity']} for it"
        for stream, recorded in events.items()
        for event in recorded
        if event["type"] == "OrderConfirmed"
        for line in event["data"]["lines"]
        if reserved.get((f"item-{line['sku']}", f"{stream.removeprefix('order-')}/{line['sku']}"))
        != line["quantity"]
    ]
