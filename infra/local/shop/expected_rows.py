"""What the rows of every view should hold, folded from raw events by another arithmetic than the application's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

type Item = dict[str, Any]
type RowKey = tuple[str, str, str]
"""A view, a key in it, a stream."""

# What an event adds to received, adjusted, available, reserved and shipped, for each piece.
EFFECTS = {
    "StockReceived": (1, 0, 1, 0, 0),
    "StockAdjusted": (0, 1, 1, 0, 0),
    "StockReserved": (0, 0, -1, 1, 0),
    "ReservationReleased": (0, 0, 1, -1, 0),
    "ReservationShipped": (0, 0, 0, -1, 1),
}
COUNTED = ("received", "adjusted", "available", "reserved", "shipped")
STATUSES = {
    "OrderPlaced": "placed",
    "OrderConfirmed": "confirmed",
    "OrderRejected": "rejected",
    "OrderCancelled": "cancelled",
    "OrderShipped": "shipped",
}


def rows_of(stream: str, events: Sequence[Item]) -> dict[RowKey, Item]:
    """Give the data of every row that a stream contributes to; raises AssertionError when an item is oversold."""
    category, _, id_ = stream.partition("-")
    views, fold = FOLDS[category]
    data = fold(stream, events)
    keys = {"customers": data.get("customerId", "")}
    return {(view, keys.get(view, id_), stream): data for view in views}


def level(stream: str, events: Sequence[Item]) -> Item:
    """Fold the events of an item to its stock level."""
    found: Item = {"name": "", "reorderPoint": 0, "discontinued": False}
    counts = dict.fromkeys(COUNTED, 0)
    for event in events:
        data = event["data"]
        for name, effect in zip(COUNTED, EFFECTS.get(event["type"], (0,) * 5), strict=True):
            counts[name] += effect * data.get("quantity", 0)
        found.update({name: data[name] for name in ("name", "reorderPoint") if name in data})
        found["discontinued"] |= event["type"] == "ItemDiscontinued"
        if counts["available"] < 0:
            raise AssertionError(f"{stream} is oversold")
    return {**found, **counts}


def order(_stream: str, events: Sequence[Item]) -> Item:
    """Fold the events of an order to its summary."""
    types = [event["type"] for event in events]
    last = [STATUSES[type_] for type_ in types if type_ in STATUSES]
    reasons = [e["data"]["reason"] for e in events if "reason" in e["data"]]
    return {
        "status": last[-1] if last else "unknown",
        "customerId": events[-1]["data"]["customerId"],
        "lines": _lines(events),
        "reason": reasons[-1] if reasons else "",
        "dispatched": bool({"DispatchRecorded", "OrderShipped", "DispatchConflict"} & set(types)),
        "conflict": "DispatchConflict" in types,
    }


def _lines(events: Sequence[Item]) -> list[Item]:
    answers = {"ReservationRecorded": "reserved", "DeclineRecorded": "declined"}
    said = {e["data"]["sku"]: answers[e["type"]] for e in events if e["type"] in answers}
    placed = [e["data"]["lines"] for e in events if e["type"] == "OrderPlaced"]
    return [
        {**line, "answer": said.get(line["sku"], "waiting")} for lines in placed for line in lines
    ]


def replenishment(_stream: str, events: Sequence[Item]) -> Item:
    """Fold the events of a replenishment to its summary."""
    return {"requests": len(events), "lastShortage": events[-1]["data"]["shortage"]}


FOLDS: Mapping[str, tuple[tuple[str, ...], Callable[[str, Sequence[Item]], Item]]] = {
    "item": (("stock",), level),
    "order": (("orders", "customers"), order),
    "replenishment": (("replenishment",), replenishment),
}
