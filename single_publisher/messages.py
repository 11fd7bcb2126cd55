"""What the publisher sends: events as messages, sorted out and spread over the partitions of the log."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import Any, NamedTuple

from shared.kernel.commit import Commit, from_item
from shared.kernel.envelope import encode, envelopes
from shared.kernel.errors import EventTooLarge, InvalidMessage, Poison
from shared.kernel.parking import UNREADABLE
from shared.kernel.partition import partition_of


class Message(NamedTuple):
    """One event as the log takes it."""

    stream: str
    version: int
    body: bytes


def sort_out(
    items: Iterable[Mapping[str, Any]], largest: int
) -> tuple[list[Message], list[Poison]]:
    """Tell the messages of a batch of items from those items that can never be published."""
    found: list[Message] = []
    poisons: list[Poison] = []
    for item in items:
        try:
            found += messages(from_item(item), largest)
        except Poison as poison:
            poisons.append(poison)
        except InvalidMessage as error:
            poisons.append(Poison(*_place(item), error))
    return found, poisons


def messages(
    commit: Commit, largest: int, skipped: AbstractSet[int] = frozenset()
) -> list[Message]:
    """Write the events of a commit as messages; raises Poison for one that the log could not carry."""
    found: list[Message] = []
    for envelope in envelopes(commit):
        if envelope.sequence in skipped:
            continue
        body = encode(envelope)
        if len(body) > largest:
            cause = EventTooLarge(f"a message of {len(body)} bytes, and {largest} fit")
            raise Poison(commit.stream, envelope.sequence, cause)
        found.append(Message(commit.stream, envelope.sequence, body))
    return found


def by_partition(found: Iterable[Message], partitions: int) -> dict[int, list[bytes]]:
    """Sort by stream and version (a transaction's items arrive in any order), and spread over partitions."""
    spread: dict[int, list[bytes]] = defaultdict(list)
    for message in sorted(found, key=attrgetter("stream", "version")):
        spread[partition_of(message.stream, partitions)].append(message.body)
    return spread


def _place(item: Mapping[str, Any]) -> tuple[str, int]:
    """Say which stream an item holds up, and from which version on, as far as it can be told."""
    stream, id_ = item.get("stream"), item.get("id")
    if isinstance(stream, str) and isinstance(id_, str) and id_.isdecimal():
        return stream, int(id_)
    return str(stream or UNREADABLE), 1
