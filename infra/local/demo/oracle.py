"""The oracle: folds the raw items of the store by its own arithmetic, and compares every row with it.

It shares no line with the application: what both get wrong in the same way would have to be wrong twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from azure.cosmos.aio import CosmosClient

from infra.local.demo.clients import Answer

# What an event adds to received, adjusted, available, reserved and shipped, for each piece.
EFFECTS = {
    "StockReceived": (1, 0, 1, 0, 0),
    "StockAdjusted": (0, 1, 1, 0, 0),
    "StockReserved": (0, 0, -1, 1, 0),
    "ReservationReleased": (0, 0, 1, -1, 0),
    "ReservationShipped": (0, 0, 0, -1, 1),
}
COUNTED = ("received", "adjusted", "available", "reserved", "shipped")

type Item = dict[str, Any]


async def everything(cosmos: str, container: str) -> list[Item]:
    """Read all items of a container, with the bare SDK."""
    async with CosmosClient.from_connection_string(cosmos) as client:
        proxy = client.get_database_client("onewrite").get_container_client(container)
        return [item async for item in proxy.query_items("SELECT * FROM c")]


def fold(items: Iterable[Item]) -> dict[str, tuple[int, dict[str, Any]]]:
    """Fold the items of the container `events` to a version and a stock level for each item's stream."""
    streams: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item["stream"].startswith("item-"):
            streams[item["stream"]].append(item)
    return {stream: _level(found) for stream, found in streams.items()}


def _level(items: list[Item]) -> tuple[int, dict[str, Any]]:
    level: dict[str, Any] = {"name": "", "reorderPoint": 0, "discontinued": False}
    counts = dict.fromkeys(COUNTED, 0)
    version = 0
    for item in sorted(items, key=lambda item: int(item["version"])):
        for event in item["events"]:
            version += 1
            _apply(event, level, counts)
        if item["version"] != version:
            raise AssertionError(f"{item['stream']}: version {item['version']} comes {version}th")
        if counts["available"] < 0:
            raise AssertionError(f"{item['stream']}@{version} is oversold")
    return version, {**level, **counts}


def _apply(event: Item, level: dict[str, Any], counts: dict[str, int]) -> None:
    data = event["data"]
    for name, effect in zip(COUNTED, EFFECTS.get(event["type"], (0,) * 5), strict=True):
        counts[name] += effect * data.get("quantity", 0)
    level.update({name: data[name] for name in ("name", "reorderPoint") if name in data})
    level["discontinued"] |= event["type"] == "ItemDiscontinued"


def wrong_rows(items: Iterable[Item], rows: Iterable[Item]) -> list[str]:
    """Name the rows of the view `stock` that are not what the items fold to, and those that lack."""
    expected = fold(items)
    found = {row["stream"]: (row["version"], row["data"]) for row in rows if row["view"] == "stock"}
    return [
        f"{stream}: the row has {found.get(stream)}, the store folds to {expected.get(stream)}"
        for stream in sorted(expected.keys() | found.keys())
        if expected.get(stream) != found.get(stream)
    ]


def broken_promises(items: Iterable[Item], answers: Iterable[Answer]) -> list[str]:
    """Name the answers that promised something that the store does not hold, or holds otherwise."""
    stored = {(item["stream"], item["commandId"]): item for item in items}
    return [
        f"{answer.stream}: {answer.command_id} was answered {answer.status}, version"
        f" {answer.version}"
        for answer in answers
        if answer.events and not _kept(answer, stored.get((answer.stream, answer.command_id)))
    ]


def _kept(answer: Answer, item: Mapping[str, Any] | None) -> bool:
    if item is None or item["version"] != answer.version:
        return False
    told = [(event["type"], event["data"]) for event in answer.events]
    return told == [(event["type"], event["data"]) for event in item["events"]]
