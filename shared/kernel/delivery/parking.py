"""Parking: what can never succeed holds back its own stream for one consumer, and nothing else."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.kernel.errors import InvalidMessage, Poison

# An item has at most 2 MB, in the ASCII that the SDK writes (é is six bytes), and 128 levels.
ROOM, DEEPEST = 1_600_000, 100
LONGEST_ERROR, SHOWN = 4_000, 1_000
_UNREADABLE = "unreadable"


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


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operator decided about a parked stream: kept for ever, skips are obeyed."""

    consumer: str
    stream: str
    version: int
    action: str
    reason: str
    by: str
    time: str


def unreadable(content: bytes) -> str:
    """Name the stream of what does not say to which one it belongs: each content has its own, and none is lost."""
    return f"{_UNREADABLE}-{hashlib.sha256(content).hexdigest()[:32]}"


def is_unreadable(stream: str) -> bool:
    """Tell whether a stream stands for a message that nobody could read."""
    return stream.partition("-")[0] == _UNREADABLE


def unreadable_message(consumer: str, body: bytes, error: InvalidMessage, time: str) -> Parked:
    """Park a message that does not say to which stream it belongs, with all of it."""
    stream = unreadable(body)
    return Parked(consumer, stream, 0, 0, str(Poison(stream, 0, error)), time, _shown(body))


def _shown(body: bytes) -> Mapping[str, str]:
    encoded = {"base64": b64encode(body).decode()}
    try:
        shown = {"body": body.decode()}
    except UnicodeDecodeError:
        return encoded
    # What has many characters beyond ASCII is shorter encoded.
    return shown if fits(shown) else encoded


@dataclass(slots=True)
class Suspecting:
    """Blames an event for whatever pure code raises within: no other try can end otherwise.

    No generator: every event of every view goes through it.
    """

    stream: str
    version: int

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, Exception):
            raise Poison(self.stream, self.version, error) from error
