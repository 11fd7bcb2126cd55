"""The oracle: what the raw items of the store say of every row and of every promise.

It shares no line with the application: what both get wrong in the same way would have to be wrong twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from azure.cosmos.aio import CosmosClient

from infra.local.shop.clients import Answer
from infra.local.shop.expected_rows import RowKey, rows_of

type Item = dict[str, Any]

PAGE = 1_000


async def everything(cosmos: str, container: str) -> list[Item]:
    """Read all items of a container, with the bare SDK."""
    async with CosmosClient.from_connection_string(cosmos) as client:
        proxy = client.get_database_client("onewrite").get_container_client(container)
        return [item async for item in proxy.query_items("SELECT * FROM c", max_item_count=PAGE)]


def streams(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Give the events of each stream in their order; raises AssertionError for a gap."""
    commits: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        commits[item["stream"]].append(item)
    found: dict[str, list[Item]] = {}
    for stream, own in commits.items():
        events = found[stream] = list[Item]()
        for item in sorted(own, key=lambda item: int(item["version"])):
            events += item["events"]
            if item["version"] != len(events):
                raise AssertionError(f"{stream}: version {item['version']} comes {len(events)}th")
    return found


def fold(items: Iterable[Item]) -> dict[RowKey, tuple[int, Item]]:
    """Fold the items of the container `events` to the version and the data of every row."""
    return {
        place: (len(events), data)
        for stream, events in streams(items).items()
        for place, data in rows_of(stream, events).items()
    }


def wrong_rows(items: Iterable[Item], rows: Iterable[Item]) -> list[str]:
    """Name the rows that are not what the items fold to, and those that lack."""
    return compare(fold(items), served(rows))


def served(rows: Iterable[Item]) -> dict[RowKey, tuple[int, Item]]:
    """Find the rows that are read: of a view that was ever rebuilt, those of one generation."""
    found = {(r["view"], r["key"], r["stream"]): (r["version"], r["data"]) for r in rows}
    _, rebuilt = found.pop(("~generations", "all", "generations-all"), (0, {}))
    read: dict[RowKey, tuple[int, Item]] = {}
    for (name, key, stream), row in found.items():
        view, _, number = name.partition("~")
        if int(number or 0) == rebuilt.get(view, {}).get("serving", 0):
            read[view, key, stream] = row
    return read


def compare(
    expected: Mapping[RowKey, tuple[int, Item]], found: Mapping[RowKey, tuple[int, Item]]
) -> list[str]:
    """Name the rows that differ from what they should be."""
    return [
        f"{place[2]}: the row of {place[0]} has {found.get(place)},"
        f" the store folds to {expected.get(place)}"
        for place in sorted(expected.keys() | found.keys())
        if expected.get(place) != found.get(place)
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
