"""Parking: what can never succeed holds back its own stream for one consumer, and nothing else.

`poison_of` says what parks a stream; consumers/delivery.py and single_publisher/publish.py park it.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from shared.kernel.errors import InvalidMessage, Poison, may_pass

# No name of a stream holds a tilde: none can be taken for what belongs to none.
_UNREADABLE, _LOST, _PARTITIONS = "unreadable~", "lost~", "partitions~"
RELEASE_TIME: Final = timedelta(seconds=10)
"""So long a release begins another part of a stream: a stop of the platform cuts off what takes 30 seconds."""


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


def poison_of(error: Exception, stream: str, version: int) -> Poison | None:
    """Returns what parks a stream: any error but one that may pass; it blames this event if it names no other."""
    if may_pass(error):
        return None
    return error if isinstance(error, Poison) else Poison(stream, version, error)


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


def unfinished(consumer: str, stream: str, version: int, time: str) -> Parked:
    """Returns the marker of a stream whose release ran out of time: the next one goes on from this version."""
    error = f"replayed up to version {version - 1} in the time of one release: release it again"
    return Parked(consumer, stream, version, version, error, time)


def unreadable(content: bytes) -> str:
    """Name the stream of what does not say to which one it belongs: each content has its own, and none is lost."""
    return f"{_UNREADABLE}{hashlib.sha256(content).hexdigest()[:32]}"


def unreadable_message(consumer: str, body: bytes, error: InvalidMessage, time: str) -> Parked:
    """Returns the marker of a message that does not say to which stream it belongs, with all of it."""
    poison = Poison(unreadable(body), 0, error)
    return marker_of(consumer, poison, time, envelope=_shown(body))


def lost_messages(consumer: str, partition: int, first: int, last: int, time: str) -> Parked:
    """Returns the marker of messages that the log held no longer when a consumer came to them."""
    error = f"the log holds {first} to {last} of partition {partition} no longer: never handled"
    return Parked(consumer, f"{_LOST}{partition}-{first}", first, last, error, time)


def other_partitions(consumer: str, before: int, now: int, time: str) -> Parked:
    """Returns the marker that tells operators of a hub that has got another number of partitions."""
    error = (
        f"the hub has {now} partitions and had {before}: the consumer reads all of it again, and streams that were"
        " not drained before may have come out of order; skip this once that is known"
    )
    return Parked(consumer, f"{_PARTITIONS}{before}-{now}", now, now, error, time)


def _shown(body: bytes) -> Mapping[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


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
        if isinstance(error, Exception):
            poison = poison_of(error, self.stream, self.version)
            if poison not in {None, error}:
                raise poison from error
