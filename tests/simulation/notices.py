"""Whether others were told of all that they are told of, of nothing else, and the same each time."""

from collections.abc import Iterator, Sequence
from typing import Any

from shared.kernel.messages.commit import Commit, RecordedEvent
from shared.kernel.messages.notification import Notification

TOLD = {
    "OrderConfirmed": "onewrite.order.confirmed.v1",
    "OrderRejected": "onewrite.order.rejected.v1",
    "OrderCancelled": "onewrite.order.cancelled.v1",
    "OrderShipped": "onewrite.order.shipped.v1",
    "ReplenishmentRequested": "onewrite.replenishment.requested.v1",
}


def untold(commits: Sequence[Commit], published: Sequence[Notification]) -> list[str]:
    """Name what others were not told of, what was made up, and what differs from the time before."""
    expected = {id_: content for commit in commits for id_, content in _contents(commit)}
    told: dict[str, Notification] = {}
    wrong: list[str] = []
    for one in published:
        if told.setdefault(one.id, one) != one:
            wrong.append(f"{one.subject}: {one.id} was told in two ways")
        if one.id not in expected:
            wrong.append(f"{one.subject}: {one.id} is told, and did not happen")
        elif expected[one.id] != _told(one):
            wrong.append(f"{one.subject}: {one.id} tells {_told(one)}, not {expected[one.id]}")
    return wrong + [f"nobody was told of {id_}" for id_ in sorted(expected.keys() - told.keys())]


def _contents(commit: Commit) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the id and the content of what is to be told of a commit."""
    for version, event in enumerate(commit.events, commit.first):
        if event.type in TOLD:
            id_ = f"{commit.stream}@{version}/{TOLD[event.type]}"
            yield id_, {"at": (commit.stream, version), **_content(commit.stream, event)}


def _content(stream: str, event: RecordedEvent) -> dict[str, Any]:
    category, _, id_ = stream.partition("-")
    if category == "replenishment":
        return {"sku": id_, "shortage": event.data["shortage"]}
    told = {"orderId": id_, "customerId": event.data["customerId"]}
    if event.type == "OrderCancelled":
        told["reason"] = event.data["reason"]
    if event.type in {"OrderConfirmed", "OrderShipped"}:
        told["lines"] = [(line["sku"], line["quantity"]) for line in event.data["lines"]]
    return told


def _told(one: Notification) -> dict[str, Any]:
    told = {name: value for name, value in one.data.items() if name != "link"}
    if "lines" in told:
        told["lines"] = [(line["sku"], line["quantity"]) for line in told["lines"]]
    return {"at": (one.subject, one.sequence), **told}
