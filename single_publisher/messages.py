"""What the publisher sends: events as messages, sorted out and spread over the partitions of the log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from re import fullmatch
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from shared.adapters.cosmos.codec import from_item, from_items, place_of
from shared.kernel.delivery.parking import unreadable
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import EventTooLarge, InvalidMessage, Poison
from shared.kernel.messages.commit import TIME_PATTERN, Commit
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName


class Message(NamedTuple):
    """One event as the log takes it."""

    stream: str
    version: int
    body: bytes


type Skipped = Mapping[str, AbstractSet[int]]
"""The versions that operators have passed over, by stream."""


def sort_out(
    documents: str, largest: int, skipped: Skipped | None = None
) -> tuple[list[Message], list[Poison]]:
    """Tell the messages of a JSON array of items from those items that can never be published."""
    try:
        commits = from_items(documents)
        return [message for commit in commits for message in messages(commit, largest)], []
    except (InvalidMessage, Poison):
        # Which one it is, and what the others say, takes a look at each.
        return _one_by_one(from_json(documents), largest, skipped or {})


def shown(documents: str) -> str:
    """Name a JSON array of items, as the log does: how many there are, and which is the first."""
    first, *others = from_json(documents)
    stream, version = _place(first)
    return f"{1 + len(others)} items, of which {stream}@{version} is the first"


def _one_by_one(
    items: Iterable[Mapping[str, Any]], largest: int, skipped: Skipped
) -> tuple[list[Message], list[Poison]]:
    found: list[Message] = []
    poisons: list[Poison] = []
    for item in items:
        stream, version = _place(item)
        passed_over = skipped.get(stream, frozenset())
        try:
            found += messages(from_item(item), largest, passed_over)
        except Poison as poison:
            poisons.append(poison)
        except InvalidMessage as error:
            if version not in passed_over:
                poisons.append(Poison(stream, version, error))
    return found, poisons


def messages(
    commit: Commit, largest: int, skipped: AbstractSet[int] = frozenset()
) -> Iterator[Message]:
    """Write the events of a commit as messages; raises Poison at the first that the log could not carry.

    Raises InvalidMessage where the commit is of no stream.
    """
    StreamName.parse(commit.stream)
    for version, body in enumerate(encode_all(commit), start=commit.first):
        if len(body) > largest and version not in skipped:
            cause = EventTooLarge(f"a message of {len(body)} bytes, and {largest} fit")
            raise Poison(commit.stream, version, cause)
        if version not in skipped:
            yield Message(commit.stream, version, body)


def rewritten(documents: str) -> Iterator[tuple[str, int]]:
    """Name the items whose time is one, and not as commits write it: the trigger may have done that."""
    for item in from_json(documents):
        metadata = item.get("metadata")
        time = metadata.get("time") if isinstance(metadata, dict) else None
        if isinstance(time, str) and not fullmatch(TIME_PATTERN, time) and _is_time(time):
            stream, version = _place(item)
            yield stream, version


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def by_partition(found: Iterable[Message], partitions: int) -> dict[int, list[bytes]]:
    """Sort by stream and version (a transaction's items arrive in any order), and spread over partitions."""
    spread: dict[int, list[bytes]] = defaultdict(list)
    for stream, _, body in sorted(found):
        spread[partition_of(stream, partitions)].append(body)
    return spread


def _place(item: Mapping[str, Any]) -> tuple[str, int]:
    """Say which stream an item holds up, and from which version on, as far as it can be told."""
    stream = item.get("stream")
    try:
        return str(StreamName.parse(stream if isinstance(stream, str) else "")), place_of(item)
    except InvalidMessage:
        # Nothing could be parked, read or released under such a name.
        return unreadable(to_json(item)), 1
