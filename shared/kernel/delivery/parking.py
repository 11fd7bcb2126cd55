"""Parking: what can never succeed holds back its own stream for one consumer, and nothing else."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic_core import from_json, to_json

from shared.kernel.errors import InvalidMessage, Poison, may_pass

# An item has at most 2 MB, in the ASCII that the SDK writes (é is six bytes), and 128 levels.
ROOM, DEEPEST = 1_600_000, 100
LONGEST_ERROR, SHOWN = 4_000, 1_000
_UNREADABLE, _LOST = "unreadable", "lost"


@dataclass(frozen=True, slots=True)
class Parked:
    """A stream that a consumer holds back, from the event that failed; `last_seen` is the last that came."""

    consumer: str
    stream: str
    version: int
    last_seen: int
    error: str
    time: str
    envelope: Mapping[str, Any] | None = None
    traceparent: str | None = None


def marker_of(
    consumer: str,
    poison: Poison,
    time: str,
    last_seen: int = 0,
    envelope: Mapping[str, Any] | None = None,
) -> Parked:
    """Returns the marker that holds a stream back from a poison on, in the trace of the envelope."""
    return Parked(
        consumer=consumer,
        stream=poison.stream,
        version=poison.version,
        last_seen=max(last_seen, poison.version),
        error=str(poison),
        time=time,
        envelope=envelope,
        traceparent=(envelope or {}).get("traceparent"),
    )


def fitting(marker: Parked) -> Parked:
    """Bound a marker: of an envelope that an item of the store cannot hold an excerpt is kept, and what it was."""
    error, envelope = marker.error[:LONGEST_ERROR], marker.envelope
    if envelope is not None and not fits(envelope):
        text = json.dumps(envelope, ensure_ascii=False)
        body = text.encode()
        digest = hashlib.sha256(body).hexdigest()
        envelope = {"excerpt": text[:SHOWN], "bytes": len(body), "sha256": digest}
    return replace(marker, error=error, envelope=envelope)


def fits(envelope: Mapping[str, Any]) -> bool:
    """Tell whether an item of the store can hold an envelope, beside the rest of a marker."""
    return len(json.dumps(envelope)) <= ROOM and _depth(envelope) <= DEEPEST


def _depth(value: Any) -> int:  # noqa: ANN401 - JSON
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
    return 0


def whole(shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what nobody else keeps so that an item holds all of it: its data encoded if it fits only so."""
    if fits(shown):
        return shown
    encoded = b64encode(to_json(shown["data"])).decode()
    return {**shown, "data": None, "data_base64": encoded}


def unfolded(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns what `whole` was given."""
    if "data_base64" not in kept:
        return kept
    return {**kept, "data": from_json(b64decode(kept["data_base64"]))}


class Action(StrEnum):
    """What operators do about a parked stream: handle its event again, or pass over that one for good."""

    RELEASE = "release"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operator decided about the event that a stream was parked at: kept for ever, skips are obeyed."""

    consumer: str
    stream: str
    version: int
    action: Action
    reason: str
    by: str
    time: str


def unreadable(content: bytes) -> str:
    """Name the stream of what does not say to which one it belongs: each content has its own, and none is lost."""
    return f"{_UNREADABLE}-{hashlib.sha256(content).hexdigest()[:32]}"


def is_unreadable(stream: str) -> bool:
    """Tell whether a stream stands for messages that nobody could read, or that nobody can any more."""
    return stream.partition("-")[0] in {_UNREADABLE, _LOST}


def unreadable_message(consumer: str, body: bytes, error: InvalidMessage, time: str) -> Parked:
    """Returns the marker of a message that does not say to which stream it belongs, with all of it."""
    poison = Poison(unreadable(body), 0, error)
    return marker_of(consumer, poison, time, envelope=_shown(body))


def lost_messages(consumer: str, partition: int, first: int, last: int, time: str) -> Parked:
    """Returns the marker of messages that the log held no longer when a consumer came to them."""
    error = f"the log holds {first} to {last} of partition {partition} no longer: never handled"
    return Parked(consumer, f"{_LOST}-{partition}-{first}", first, last, error, time)


def _shown(body: bytes) -> Mapping[str, str]:
    encoded = {"base64": b64encode(body).decode()}
    try:
        shown = {"body": body.decode()}
    except UnicodeDecodeError:
        return encoded
    # What has many characters beyond ASCII is shorter encoded.
    return encoded if fits(encoded) and not fits(shown) else shown


@dataclass(slots=True)
class Suspecting:
    """Blames an event for whatever is raised within, but for what may pass: no other try can end otherwise.

    No generator: every event of every view goes through it.
    """

    stream: str
    version: int

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, Exception) and not (isinstance(error, Poison) or may_pass(error)):
            raise Poison(self.stream, self.version, error) from error
