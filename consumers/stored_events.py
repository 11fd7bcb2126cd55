"""The events of a hub and of the store, as the engine takes them: read, shown to operators, replayed."""

import asyncio
from collections.abc import (
    AsyncGenerator,
    Collection,
    Mapping,
)
from contextlib import aclosing
from datetime import datetime
from itertools import batched, chain
from typing import Any

from consumers.delivery import Arrival, Delivery, Run
from shared.kernel.delivery.operator_decisions import skips
from shared.kernel.delivery.parking import RELEASE_TIME, Parked, unfinished
from shared.kernel.delivery.stream_pages import pages
from shared.kernel.errors import Poison
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.envelope import Envelope, decode, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader

PART = 1_000
"""So many events of a stored stream are in memory at once."""


def event_in(body: bytes) -> Arrival[Envelope]:
    """Reads a message of the log; raises InvalidMessage."""
    envelope = decode(body)
    stream = str(envelope.stream)
    return Arrival(stream, stream, envelope.sequence, envelope)


def shown_event(envelope: Envelope) -> Mapping[str, Any]:
    """Returns an event as operators see it."""
    return envelope.model_dump(mode="json", exclude_none=True)


async def stored(
    store: EventReader, stream: str, version: int, skipped: Collection[int] = ()
) -> AsyncGenerator[Run[Envelope]]:
    """Reads a stream from a version to its tail, a part at a time.

    Raises Poison at what nobody can read and nobody has skipped, behind all that stands before it.
    """
    async with aclosing(pages(store, StreamName.parse(stream), version - 1, skipped)) as found:
        async for commits in found:
            events = chain.from_iterable(map(envelopes, commits))
            wanted = (one for one in events if one.sequence >= version)
            for part in batched(wanted, PART, strict=False):
                yield Run(stream, {one.sequence: one for one in part})
                # Whoever waits for the loop has a turn.
                await asyncio.sleep(0)


async def replay_stored[R](
    delivery: Delivery[Envelope, R], store: EventReader, marker: Parked
) -> int | Parked:
    """Replays what a marker holds back; returns the version of the tail, or the marker that it stays parked at."""
    end = delivery.now() + RELEASE_TIME
    return await replay_from(delivery, store, marker.stream, marker.version, end)


async def replay_from[R](
    delivery: Delivery[Envelope, R],
    store: EventReader,
    stream: str,
    version: int,
    end: datetime | None = None,
    *,
    held: int | None = None,
) -> int | Parked:
    """Replays a stream from the store, a part at a time; returns the version that is reached, or a marker.

    No part but the first begins behind the end, and no event from a version on that is `held` is replayed.
    """
    reached = version - 1
    skipped = await skips(delivery.parking, delivery.consumer, stream)
    try:
        async with aclosing(stored(store, stream, version, skipped.keys())) as runs:
            async for run in runs:
                replayed = run if held is None else run.until(held)
                if not replayed.arrived:
                    return reached
                now = delivery.now()
                if end is not None and reached >= version and now >= end:
                    return unfinished(delivery.consumer, stream, reached + 1, timestamp(now))
                parked = await delivery.replay(replayed)
                if parked is not None:
                    return parked
                reached = max(replayed.arrived)
    except Poison as poison:
        return delivery.marker(poison)
    return reached
