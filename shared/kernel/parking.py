"""Parking: what can never succeed holds back its own stream for one consumer, and nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import Poison

UNREADABLE = "unreadable"
"""The stream of messages that do not say to which one they belong."""


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


@contextmanager
def suspecting(stream: str, version: int) -> Iterator[None]:
    """Blame an event for whatever pure code raises: no other try can end otherwise."""
    try:
        yield
    except Exception as error:
        raise Poison(stream, version, error) from error
