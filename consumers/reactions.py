"""Reactions: what events cause is dispatched, under ids that let a redelivered event cause nothing new."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from shared.kernel.commit import timestamp
from shared.kernel.domain import Domain
from shared.kernel.envelope import Envelope, decode, envelopes
from shared.kernel.errors import InvalidMessage, OnewriteError, Poison, ReactionFailed
from shared.kernel.event_processor import EventProcessor
from shared.kernel.parking import UNREADABLE, Parked, suspecting
from shared.kernel.ports import EventStore, Parking
from shared.kernel.reactions import event_of
from shared.kernel.stream import StreamName

CONSUMER = "reactions"
STREAMS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Reactions:
    """Runs the receptors and the policies of a domain over the log; the rows of a rebuild never come by here."""

    domain: Domain
    processor: EventProcessor
    store: EventStore
    parking: Parking
    now: Callable[[], datetime]

    async def react(self, bodies: Iterable[bytes]) -> None:
        """Handle a batch of messages: each stream in order, some streams at once.

        Raises what may go well later: the batch comes again.
        """
        streams: dict[str, dict[int, Envelope]] = defaultdict(dict)
        for body in bodies:
            try:
                envelope = decode(body)
                streams[str(envelope.stream)][envelope.sequence] = envelope
            except InvalidMessage as error:
                shown = {"body": body.decode(errors="replace")}
                await self._park(Poison(UNREADABLE, 0, error), shown, 0)
        held = {marker.stream for marker in await self.parking.parked(CONSUMER)}
        gate = asyncio.Semaphore(STREAMS_AT_ONCE)
        handled = [self._handle(stream, streams[stream], held, gate) for stream in streams]
        # One stream's failure must not cut short what another causes.
        results = await asyncio.gather(*handled, return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise BaseExceptionGroup("not every stream was reacted to", errors)

    async def replay(self, stream: StreamName, version: int) -> int:
        """React to a stream from a version to its tail, and give the tail's version; raises Poison."""
        commits = (await self.store.read(stream, version - 1)).commits
        skipped = await self._skipped(str(stream))
        for envelope in chain.from_iterable(envelopes(commit) for commit in commits):
            if envelope.sequence >= version and envelope.sequence not in skipped:
                await self._process(envelope)
        return commits[-1].version if commits else version - 1

    async def _handle(
        self,
        stream: str,
        arrived: Mapping[int, Envelope],
        held: AbstractSet[str],
        gate: asyncio.Semaphore,
    ) -> None:
        async with gate:
            if stream in held and await self.parking.seen(CONSUMER, stream, max(arrived)):
                return
            for version in sorted(arrived):
                try:
                    await self._process(arrived[version])
                except Poison as poison:
                    if version in await self._skipped(stream):
                        continue
                    shown = arrived[version].model_dump(mode="json", exclude_none=True)
                    await self._park(poison, shown, max(arrived))
                    return

    async def _process(self, envelope: Envelope) -> None:
        """Cause what an event causes; raises Poison, or what may go well later."""
        with suspecting(envelope.subject, envelope.sequence):
            event = event_of(self.domain, envelope)
        try:
            await self.processor.process(envelope, event)
        except ExceptionGroup as group:
            failures = _leaves(group)
            later = [one for one in failures if isinstance(one, OnewriteError) and one.transient]
            if later:
                raise later[0] from group
            cause = failures[0] if len(failures) == 1 else ReactionFailed(_told(failures))
            raise Poison(envelope.subject, envelope.sequence, cause) from group

    async def _skipped(self, stream: str) -> frozenset[int]:
        decisions = await self.parking.decisions(CONSUMER, stream)
        return frozenset(one.version for one in decisions if one.action == "skip")

    async def _park(self, poison: Poison, envelope: Mapping[str, Any], last_seen: int) -> None:
        await self.parking.park(
            Parked(
                consumer=CONSUMER,
                stream=poison.stream,
                version=poison.version,
                last_seen=last_seen,
                error=str(poison),
                time=timestamp(self.now()),
                envelope=envelope,
                traceparent=envelope.get("traceparent"),
            )
        )


def _leaves(group: ExceptionGroup) -> list[Exception]:
    found: list[Exception] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, ExceptionGroup) else [error]
    return found


def _told(failures: Sequence[Exception]) -> str:
    return "; ".join(f"{type(one).__name__}: {one}" for one in failures)
