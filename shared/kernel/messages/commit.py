"""The commit: what one command wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AliasPath, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.kernel.errors import BrokenStream

TIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
_TIME = "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ"

# Dataclasses, because every command makes some: models are three times as dear. What is read is validated.
_WIRE = ConfigDict(alias_generator=to_camel, defer_build=True)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it is stored: its type, the number of its schema, its data."""

    __pydantic_config__ = _WIRE
    type: str
    schema_number: Annotated[int, Field(alias="schema", ge=1)]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metadata:
    """Who asked, and in what chain of causes; the actor of what an event caused is the reaction.

    `accepted` is when a command that waited was taken.
    """

    __pydantic_config__ = _WIRE
    correlation_id: str
    causation_id: str
    traceparent: str | None = None
    actor: str | None = None
    accepted: str | None = None
    tracestate: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """The state of a stream behind a commit, and the schema that it is written in."""

    __pydantic_config__ = _WIRE
    schema_name: Annotated[str, Field(alias="schema")]
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Commit:
    """The events of one command at the versions `first` to `version` of its stream, and when it was decided."""

    __pydantic_config__ = _WIRE
    stream: str
    version: Annotated[int, Field(ge=1)]
    command_id: str
    command_digest: str
    events: Annotated[tuple[RecordedEvent, ...], Field(min_length=1)]
    metadata: Metadata
    time: Annotated[
        str, Field(validation_alias=AliasPath("metadata", "time"), pattern=TIME_PATTERN)
    ]
    snapshot: StoredSnapshot | None = None

    @property
    def first(self) -> int:
        """The version of the first event."""
        return self.version - len(self.events) + 1


@dataclass(frozen=True, slots=True)
class KeptState:
    """A state that is too large to ride in its commit, and which commit that is."""

    __pydantic_config__ = _WIRE
    stream: str
    version: int
    command_id: str
    snapshot: StoredSnapshot

    def is_of(self, commit: Commit) -> bool:
        """Tell whether it is the state behind a commit, and not behind another in its place (after a restore)."""
        return (commit.version, commit.command_id) == (self.version, self.command_id)


def timestamp(moment: datetime) -> str:
    """Write a moment as the project does: UTC, six digits, `Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    date = moment.year, moment.month, moment.day
    # By `isoformat`, which knows of zones and of other forms, it would be dearer.
    return _TIME % (*date, moment.hour, moment.minute, moment.second, moment.microsecond)


def metadata_json(metadata: Metadata, time: str) -> dict[str, str]:
    """Write metadata and a time as the store keeps them and as clients see them: without what is not known."""
    item = {
        "correlationId": metadata.correlation_id,
        "causationId": metadata.causation_id,
        "time": time,
    }
    if metadata.traceparent is not None:
        item["traceparent"] = metadata.traceparent
    if metadata.actor is not None:
        item["actor"] = metadata.actor
    if metadata.accepted is not None:
        item["accepted"] = metadata.accepted
    if metadata.tracestate is not None:
        item["tracestate"] = metadata.tracestate
    return item


def check_contiguous(version: int, commits: Sequence[Commit]) -> None:
    """Raise BrokenStream unless the commits follow the version without a gap or an overlap."""
    for commit in commits:
        if commit.first != version + 1:
            raise BrokenStream(f"{commit.stream}: after version {version} comes {commit.first}")
        version = commit.version
