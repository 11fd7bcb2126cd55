"""The commit: what one command wrote, as one item of the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from shared.kernel.errors import BrokenStream, InvalidMessage, UnreadableCommit

ID_DIGITS = 16
TIME_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"

# Dataclasses, because every command makes some: models are three times as dear. What is read is validated.
_ITEM = ConfigDict(alias_generator=to_camel, defer_build=True)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it is stored: its type, the number of its schema, its data."""

    __pydantic_config__ = _ITEM
    type: str
    schema_number: Annotated[int, Field(alias="schema", ge=1)]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metadata:
    """Who asked, when, and in what chain of causes."""

    __pydantic_config__ = _ITEM
    correlation_id: str
    causation_id: str
    time: Annotated[str, Field(pattern=TIME_PATTERN)]
    traceparent: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """The state of a stream behind a commit, and the schema that it is written in."""

    __pydantic_config__ = _ITEM
    schema_name: Annotated[str, Field(alias="schema")]
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Commit:
    """The events of one command at the versions `first` to `version` of its stream.

    `id` is the name of the item that it was read from.
    """

    __pydantic_config__ = _ITEM
    stream: str
    version: Annotated[int, Field(ge=1)]
    command_id: str
    command_digest: str
    events: Annotated[tuple[RecordedEvent, ...], Field(min_length=1)]
    metadata: Metadata
    snapshot: StoredSnapshot | None = None
    id: str | None = field(default=None, compare=False)

    @property
    def first(self) -> int:
        """The version of the first event."""
        return self.version - len(self.events) + 1


_COMMIT = TypeAdapter(Commit)
_COMMITS = TypeAdapter(list[Commit], config=ConfigDict(defer_build=True))


def timestamp(moment: datetime) -> str:
    """Write a moment as the project does: UTC, six digits, `Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    # Without its zone: the cheapest way to end in Z.
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def item_id(first: int) -> str:
    """Name the item that holds a first version: zero-padded, so that two writers collide on it."""
    return f"{first:0{ID_DIGITS}d}"


def to_item(commit: Commit) -> dict[str, Any]:
    """Write a commit as an item of the container `events`."""
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
        "metadata": metadata_json(commit.metadata),
    }
    if commit.snapshot is not None:
        snapshot = commit.snapshot
        item["snapshot"] = {"schema": snapshot.schema_name, "state": snapshot.state}
    return item


def metadata_json(metadata: Metadata) -> dict[str, str]:
    """Write metadata as the store keeps them and as clients see them: without what is not known."""
    item = {
        "correlationId": metadata.correlation_id,
        "causationId": metadata.causation_id,
        "time": metadata.time,
    }
    if metadata.traceparent is not None:
        item["traceparent"] = metadata.traceparent
    if metadata.actor is not None:
        item["actor"] = metadata.actor
    return item


def from_item(item: Mapping[str, Any]) -> Commit:
    """Read a commit from an item; raises InvalidMessage when the item is not one."""
    try:
        commit = _COMMIT.validate_python(item)
    except ValidationError as error:
        raise InvalidMessage(
            f"item {item.get('id')!r} of {item.get('stream')!r}: {error}"
        ) from error
    _check_id(commit)
    return commit


def commits_of(items: Iterable[Mapping[str, Any]]) -> list[Commit]:
    """Read the commits of a stream from its items, in order; raises UnreadableCommit at the first that is none."""
    commits: list[Commit] = []
    for item in items:
        try:
            commits.append(from_item(item))
        except InvalidMessage as error:
            raise UnreadableCommit(error, place_of(item), item["version"], len(commits)) from error
    return commits


def place_of(item: Mapping[str, Any]) -> int:
    """Tell from which version on an item stands in its stream, as far as that can be told: else from the first."""
    id_, version = item.get("id"), item.get("version")
    if isinstance(id_, str) and id_.isdecimal():
        return int(id_)
    return version if isinstance(version, int) and version > 0 else 1


def from_items(text: str) -> list[Commit]:
    """Read the commits of a JSON array of items at once; raises InvalidMessage when one of them is none."""
    try:
        commits = _COMMITS.validate_json(text)
    except ValidationError as error:
        raise InvalidMessage(f"items: {error}") from error
    for commit in commits:
        _check_id(commit)
    return commits


def _check_id(commit: Commit) -> None:
    if commit.id != item_id(commit.first):
        raise InvalidMessage(f"item {commit.id!r} of {commit.stream!r} begins at {commit.first}")


def check_contiguous(version: int, commits: Sequence[Commit]) -> None:
    """Raise BrokenStream unless the commits follow the version without a gap or an overlap."""
    for commit in commits:
        if commit.first != version + 1:
            raise BrokenStream(f"{commit.stream}: after version {version} comes {commit.first}")
        version = commit.version
