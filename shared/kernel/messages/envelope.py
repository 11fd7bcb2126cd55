"""The envelope: an event on the wire, a CloudEvent 1.0 in the JSON format (cloudevents.io, spec v1.0.2).

The data of older schemas is read by `Category.decode`.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import Commit, RecordedEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.validation_faults import told

# A URI with its scheme (CloudEvents 1.0.2, section 3.2.2). Messages of before have only what follows.
_SCHEMAS = "urn:onewrite:schema:"
_SCHEMA = re.compile(r"[1-9][0-9]{0,8}")
_NOTHING: dict[str, Any] = {}


class Envelope(BaseModel):
    """One event with everything that a consumer needs; `sequence` is its version in the stream.

    The last one of a commit also says what else the commit holds, so that the commit can be restored: from
    `digest` on. Messages of before, and the others of a commit, do not.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")
    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: str
    dataschema: str
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: int = Field(ge=1)
    partitionkey: str
    correlationid: str
    causationid: str
    traceparent: str | None = None
    tracestate: str | None = None
    digest: str | None = None
    cause: str | None = None
    actor: str | None = None
    accepted: str | None = None
    data: dict[str, Any]

    @cached_property
    def stream(self) -> StreamName:
        """The stream that the event belongs to."""
        return StreamName.parse(self.subject)

    @property
    def schema_number(self) -> int:
        """The number of the schema of the data; raises InvalidMessage."""
        number = self.dataschema.rpartition("/")[2]
        if _SCHEMA.fullmatch(number) is None:
            raise InvalidMessage(f"{self.id}: its dataschema ends in no number of a schema")
        return int(number)


def envelopes(commit: Commit) -> Iterator[Envelope]:
    """Put each event of a commit into an envelope, in the order of their versions."""
    for version, event in enumerate(commit.events, start=commit.first):
        yield _envelope(commit, version, event)


def last_envelope(commit: Commit) -> Envelope:
    """Put the last event of a commit into an envelope."""
    return _envelope(commit, commit.version, commit.events[-1])


def _envelope(commit: Commit, version: int, event: RecordedEvent) -> Envelope:
    category = StreamName.parse(commit.stream).category
    return Envelope(
        id=f"{commit.stream}@{version}",
        source=f"/onewrite/{category}",
        type=event.type,
        subject=commit.stream,
        time=commit.time,
        dataschema=f"{_SCHEMAS}{category}/{event.type}/{event.schema_number}",
        sequence=version,
        partitionkey=commit.stream,
        correlationid=commit.metadata.correlation_id,
        causationid=commit.command_id,
        traceparent=commit.metadata.traceparent,
        tracestate=commit.metadata.tracestate,
        **(_ending(commit) if version == commit.version else {}),
        data=event.data,
    )


def _ending(commit: Commit) -> dict[str, Any]:
    """Give what the last envelope of a commit says of it; its command is its own cause where none is named."""
    metadata = commit.metadata
    ending: dict[str, Any] = {"digest": commit.command_digest}
    if metadata.causation_id != commit.command_id:
        ending["cause"] = metadata.causation_id
    if metadata.actor is not None:
        ending["actor"] = metadata.actor
    if metadata.accepted is not None:
        ending["accepted"] = metadata.accepted
    return ending


def encode_all(commit: Commit) -> list[bytes]:
    """Write the envelopes of a commit as `encode` does, at a quarter of the cost: the publisher's hot path."""
    stream, metadata = commit.stream, commit.metadata
    category = stream.partition("-")[0]
    shared: dict[str, Any] = {
        "correlationid": metadata.correlation_id,
        "causationid": commit.command_id,
    }
    if metadata.traceparent is not None:
        shared["traceparent"] = metadata.traceparent
    if metadata.tracestate is not None:
        shared["tracestate"] = metadata.tracestate
    ending, last = _ending(commit), commit.version
    return [
        to_json(
            {
                "specversion": "1.0",
                "id": f"{stream}@{version}",
                "source": f"/onewrite/{category}",
                "type": event.type,
                "subject": stream,
                "time": commit.time,
                "dataschema": f"{_SCHEMAS}{category}/{event.type}/{event.schema_number}",
                "datacontenttype": "application/json",
                "sequence": version,
                "partitionkey": stream,
                **shared,
                **(ending if version == last else _NOTHING),
                "data": event.data,
            }
        )
        for version, event in enumerate(commit.events, start=commit.first)
    ]


def encode(envelope: Envelope) -> bytes:
    """Write an envelope as the JSON body of a message of the log."""
    return envelope.model_dump_json(exclude_none=True).encode()


def decode(body: bytes) -> Envelope:
    """Read the body of a message of the log; raises InvalidMessage."""
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise InvalidMessage(f"a message of the log is not an envelope: {told(error)}") from None
