"""Parking: what can never succeed holds back its own stream for one consumer, and nothing else."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import InvalidMessage, Poison

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
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


@contextmanager
def suspecting(stream: str, version: int) -> Iterator[None]:
    """Blame an event for whatever pure code raises: no other try can end otherwise."""
    try:
        yield
    except Exception as error:
        raise Poison(stream, version, error) from error
