"""The commit: what one command wrote, as one item of the store."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from shared.kernel.errors import BrokenStream, InvalidMessage

ID_DIGITS = 16
TIME_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"

_ITEM = ConfigDict(
    frozen=True,
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
    serialize_by_alias=True,
)


class RecordedEvent(BaseModel):
    """An event as it is stored: its type, the number of its schema, its data."""

    model_config = _ITEM
    type: str
    schema_number: int = Field(validation_alias="schema", serialization_alias="schema", ge=1)
    data: dict[str, Any]


class Metadata(BaseModel):
    """Who asked, when, and in what chain of causes."""

    model_config = _ITEM
    correlation_id: str
    causation_id: str
    time: str = Field(pattern=TIME_PATTERN)
    traceparent: str | None = None
    actor: str | None = None


class StoredSnapshot(BaseModel):
    """The state of a stream behind a commit, and the schema that it is written in."""

    model_config = _ITEM
    schema_name: str = Field(validation_alias="schema", serialization_alias="schema")
    state: dict[str, Any]


class Commit(BaseModel):
    """The events of one command at the versions `first` to `version` of its stream."""

    model_config = _ITEM
    stream: str
    version: int = Field(ge=1)
    command_id: str
    command_digest: str
    events: tuple[RecordedEvent, ...] = Field(min_length=1)
    metadata: Metadata
    snapshot: StoredSnapshot | None = None

    @property
    def first(self) -> int:
        """The version of the first event."""
        return self.version - len(self.events) + 1


def timestamp(moment: datetime) -> str:
    """Write a moment as the project does: UTC, six digits, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def item_id(first: int) -> str:
    """Name the item that holds a first version: zero-padded, so that two writers collide on it."""
    return f"{first:0{ID_DIGITS}d}"


def to_item(commit: Commit) -> dict[str, Any]:
    """Write a commit as an item of the container `events`."""
    return {"id": item_id(commit.first), **commit.model_dump(mode="json", exclude_none=True)}


def from_item(item: Mapping[str, Any]) -> Commit:
    """Read a commit from an item; raises InvalidMessage when the item is not one."""
    try:
        commit = Commit.model_validate(item)
    except ValidationError as error:
        raise InvalidMessage(
            f"item {item.get('id')!r} of {item.get('stream')!r}: {error}"
        ) from error
    if item.get("id") != item_id(commit.first):
        raise InvalidMessage(
            f"item {item.get('id')!r} of {commit.stream!r} begins at {commit.first}"
        )
    return commit


def check_contiguous(version: int, commits: Sequence[Commit]) -> None:
    """Raise BrokenStream unless the commits follow the version without a gap or an overlap."""
    for commit in commits:
        if commit.first != version + 1:
            raise BrokenStream(f"{commit.stream}: after version {version} comes {commit.first}")
        version = commit.version
