"""Streams in order: each event of a stream after the one before it; what is poisonous parks its stream alone."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from shared.kernel.commit import timestamp
from shared.kernel.delivery.parking import Parked, unreadable_message
from shared.kernel.envelope import Envelope, decode, envelopes
from shared.kernel.errors import InvalidMessage, Poison
from shared.kernel.ports import EventStore, Parking
from shared.kernel.stream import StreamName

STREAMS_AT_ONCE = 32

type Process = Callable[[Envelope], Awaitable[None]]


async def _nothing() -> Sequence[Poison]:
    """Leave nothing to be done."""
    return ()


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one consumer."""

    consumer: str
    store: EventStore
    parking: Parking
    now: Callable[[], datetime]

    async def handle(
        self,
        bodies: Iterable[bytes],
        process: Process,
        finish: Callable[[], Awaitable[Sequence[Poison]]] = _nothing,
    ) -> None:
        """Process a batch of messages: each stream in order, some streams at once; then finish, then park.

        What is parked is not processed again: what came before it must be finished by then, or parks it itself.
        Raises what may go well later: the batch comes again.
        """
        streams, parked = self._sorted(bodies)
        held = {marker.stream for marker in await self.parking.parked(self.consumer)}
        gate = asyncio.Semaphore(STREAMS_AT_ONCE)
        handled = [
            self._handle(stream, arrived, held, gate, process)
            for stream, arrived in streams.items()
        ]
        # One stream's failure must not cut short what another causes.
        results = await asyncio.gather(*handled, return_exceptions=True)
        parked += await self._unfinished(await finish(), streams)
        for marker in (*parked, *(one for one in results if isinstance(one, Parked))):
            await self.parking.park(marker)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise BaseExceptionGroup(f"not every stream was handled by {self.consumer}", errors)

    async def replay(self, stream: StreamName, version: int, process: Process) -> int:
        """Process a stream from a version to its tail, and give the tail's version; raises Poison."""
        commits = (await self.store.read(stream, version - 1)).commits
        skipped = await self._skipped(str(stream))
        for envelope in chain.from_iterable(envelopes(commit) for commit in commits):
            if envelope.sequence >= version and envelope.sequence not in skipped:
                await process(envelope)
        return commits[-1].version if commits else version - 1

    def _sorted(
        self, bodies: Iterable[bytes]
    ) -> tuple[Mapping[str, Mapping[int, Envelope]], list[Parked]]:
        streams: dict[str, dict[int, Envelope]] = defaultdict(dict)
        parked: list[Parked] = []
        for body in bodies:
            try:
                envelope = decode(body)
                streams[str(envelope.stream)][envelope.sequence] = envelope
            except InvalidMessage as error:
                found = timestamp(self.now())
                parked.append(unreadable_message(self.consumer, body, error, found))
        return streams, parked

    async def _handle(
        self,
        stream: str,
        arrived: Mapping[int, Envelope],
        held: AbstractSet[str],
        gate: asyncio.Semaphore,
        process: Process,
    ) -> Parked | None:
        async with gate:
            if stream in held and await self.parking.seen(self.consumer, stream, max(arrived)):
                return None
            for version in sorted(arrived):
                try:
                    await process(arrived[version])
                except Poison as poison:
                    if version in await self._skipped(stream):
                        continue
                    return self._held(poison, arrived)
        return None

    async def _unfinished(
        self, poisons: Sequence[Poison], streams: Mapping[str, Mapping[int, Envelope]]
    ) -> list[Parked]:
        # The first of a stream parks it: it is sorted before those that came after it.
        return [
            self._held(poison, streams[poison.stream])
            for poison in sorted(poisons, key=lambda poison: poison.version)
            if poison.version not in await self._skipped(poison.stream)
        ]

    def _held(self, poison: Poison, arrived: Mapping[int, Envelope]) -> Parked:
        shown = arrived[poison.version].model_dump(mode="json", exclude_none=True)
        return self._parked(poison, shown, max(arrived))

    async def _skipped(self, stream: str) -> frozenset[int]:
        decisions = await self.parking.decisions(self.consumer, stream)
        return frozenset(one.version for one in decisions if one.action == "skip")

    def _parked(self, poison: Poison, envelope: Mapping[str, Any], last_seen: int) -> Parked:
        return Parked(
            consumer=self.consumer,
            stream=poison.stream,
            version=poison.version,
            last_seen=last_seen,
            error=str(poison),
            time=timestamp(self.now()),
            envelope=envelope,
            traceparent=envelope.get("traceparent"),
        )
