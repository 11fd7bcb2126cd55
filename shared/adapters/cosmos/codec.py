"""Commits as items of the container `events`, and back; how many bytes they are on the wire."""

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from shared.adapters import size_limits
from shared.kernel.errors import InvalidMessage, UnreadableCommit
from shared.kernel.messages.commit import Commit, KeptState, metadata_json
from shared.kernel.messages.message import LARGEST_EXACT_INTEGER
from shared.kernel.ports import StoreLimits
from shared.kernel.validation_faults import told

ID_DIGITS = 16
_PLACE = re.compile(rf"[0-9]{{1,{ID_DIGITS}}}")
_COMMIT = TypeAdapter(Commit)
_COMMITS = TypeAdapter(list[Commit], config=ConfigDict(defer_build=True))
_KEPT = TypeAdapter(KeptState)
# As the SDK writes it: in ASCII, so that é has six bytes.
_on_the_wire = json.JSONEncoder(separators=(",", ":")).encode
_NAMES = 7_000
"""Bytes, and more than the ids and the metadata take if every character is escaped."""

_ESCAPED = 6
"""As many times as large, and no more, is JSON if every character is escaped."""

_SMALL = 10_000
"""Bytes: a hundred commits of so many fit into one batch, with their names."""


def item_id(first: int) -> str:
    """Name the item that holds a first version: zero-padded, so that two writers collide on it."""
    return str(first).zfill(ID_DIGITS)


def to_item(commit: Commit) -> dict[str, Any]:
    """Write a commit as an item."""
    item: dict[str, Any] = {
        "id": item_id(commit.first),
        "stream": commit.stream,
        "version": commit.version,
        "commandId": commit.command_id,
        "commandDigest": commit.command_digest,
        "events": [
            {"type": event.type, "schema": event.schema_number, "data": event.data}
            for event in commit.events
        ],
        "metadata": metadata_json(commit.metadata, commit.time),
    }
    if commit.snapshot is not None:
        snapshot = commit.snapshot
        item["snapshot"] = {"schema": snapshot.schema_name, "state": snapshot.state}
    return item


def from_item(item: Mapping[str, Any]) -> Commit:
    """Read a commit from an item; raises InvalidMessage when the item is not one."""
    try:
        commit = _COMMIT.validate_python(item)
    except ValidationError as error:
        raise InvalidMessage(
            f"item {item.get('id')!r} of {item.get('stream')!r}: {told(error)}"
        ) from None
    _check_id(item, commit)
    return commit


def commits_of(items: Sequence[Mapping[str, Any]]) -> list[Commit]:
    """Reads the commits of a stream from its items, in order; raises UnreadableCommit at the first bad one."""
    # Together they are read at half the cost. If one of them is none, it is told below which.
    with suppress(ValidationError, InvalidMessage):
        return _together(items)
    commits: list[Commit] = []
    for item in items:
        try:
            commits.append(from_item(item))
        except InvalidMessage as error:
            first = place_of(item)
            last = item.get("version", first)
            raise UnreadableCommit(error, first, last, len(commits)) from error
    return commits


def place_of(item: Mapping[str, Any]) -> int:
    """Returns the version from which on an item stands in its stream, or 1 where it does not say."""
    id_, version = item.get("id"), item.get("version")
    said = int(id_) if isinstance(id_, str) and _PLACE.fullmatch(id_) else version
    # A marker holds it: as a number that the store keeps exactly.
    return said if type(said) is int and 0 < said <= LARGEST_EXACT_INTEGER else 1


def from_items(text: str) -> list[Commit]:
    """Read the commits of a JSON array of items at once; raises InvalidMessage when one of them is none."""
    try:
        return _together(from_json(text))
    except ValueError:
        raise InvalidMessage("not every item is a commit") from None


def _together(items: Sequence[Mapping[str, Any]]) -> list[Commit]:
    commits = _COMMITS.validate_python(items)
    for item, commit in zip(items, commits, strict=True):
        _check_id(item, commit)
    return commits


def _check_id(item: Mapping[str, Any], commit: Commit) -> None:
    if item.get("id") != item_id(commit.first):
        raise InvalidMessage(
            f"item {item.get('id')!r} of {commit.stream!r} begins at {commit.first}"
        )


def size_of(commit: Commit) -> int:
    """Count the bytes of a commit in a batch: its data, and at most so many names."""
    most = _ESCAPED * sum([len(to_json(event.data)) for event in commit.events])
    if commit.snapshot is None and most <= _SMALL:
        return _NAMES + most
    size = _NAMES + sum([len(_on_the_wire(event.data)) for event in commit.events])
    return size if commit.snapshot is None else size + len(_on_the_wire(commit.snapshot.state))


def state_item(kept: KeptState) -> dict[str, Any]:
    """Write a large state as an item of the container `snapshots`: packed, and so a good part of its price."""
    packed = zlib.compress(to_json(kept.snapshot.state), level=1)
    return {
        "id": kept.stream,
        "stream": kept.stream,
        "version": kept.version,
        "commandId": kept.command_id,
        "schema": kept.snapshot.schema_name,
        "state": b64encode(packed).decode(),
    }


def state_of(item: Mapping[str, Any]) -> KeptState:
    """Read a large state from an item; raises InvalidMessage when the item holds none."""
    try:
        state = from_json(zlib.decompress(b64decode(item["state"])))
        snapshot = {"schema": item["schema"], "state": state}
        return _KEPT.validate_python({**item, "snapshot": snapshot})
    except (LookupError, TypeError, ValueError, zlib.error) as error:
        raise InvalidMessage(f"the state of {item.get('id')!r}: {told(error)}") from None


LIMITS = StoreLimits(
    commits=size_limits.MOST_COMMITS,
    bytes=size_limits.LARGEST_WRITE,
    message=size_limits.LARGEST_MESSAGE - size_limits.MESSAGE_OVERHEAD,
    state=size_limits.LARGEST_RIDING_STATE,
    size_of=size_of,
)
