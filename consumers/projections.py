"""Projections: fold what arrived into the rows that it touches, each written once; what is poisonous is parked."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from shared.kernel.commit import timestamp
from shared.kernel.delivery.parking import Parked, unreadable_message
from shared.kernel.envelope import Envelope, decode, encode, envelopes
from shared.kernel.errors import BrokenStream, InvalidMessage, Poison
from shared.kernel.generation import kept_up, read_generations
from shared.kernel.message import Event
from shared.kernel.partition import partition_of
from shared.kernel.ports import EventStore, Log, Parking, Rows
from shared.kernel.stream import StreamName
from shared.kernel.view import Gap, Row, RowKey, View, advance, empty_row, keyed

CONSUMER = "projections"
YOUNG = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Projections:
    """Runs views over the log; `log` opens the log when a gap has to be sent again, None leaves it alone."""

    views: Sequence[View[Any]]
    rows: Rows
    store: EventStore
    parking: Parking
    log: Callable[[], Awaitable[Log]] | None
    now: Callable[[], datetime]

    async def project(self, bodies: Iterable[bytes]) -> None:
        """Project a batch of messages: one read and at most one write a row, streams in parallel.

        A view that is being rebuilt is written in each of its generations.

        Raises what rows, store and parking raise: the batch comes again.
        """
        streams: dict[str, list[Envelope]] = defaultdict(list)
        for body in bodies:
            try:
                envelope = decode(body)
                streams[str(envelope.stream)].append(envelope)
            except InvalidMessage as error:
                found = timestamp(self.now())
                await self.parking.park(unreadable_message(CONSUMER, body, error, found))
        generations = await self._generations()
        handled = [_handle(generations, stream, arrived) for stream, arrived in streams.items()]
        # One stream's failure must not cut short what another is writing.
        results = await asyncio.gather(*handled, return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise BaseExceptionGroup("not every stream was projected", errors)

    async def replay(self, stream: StreamName, version: int) -> int:
        """Fold a stream from a version to its tail, and give the tail's version; raises Poison."""
        commits = (await self.store.read(stream, version - 1)).commits
        stored = list(chain.from_iterable(envelopes(commit) for commit in commits))
        skipped = await self._skipped(str(stream))
        for projections in await self._generations():
            await projections.fold(stored, skipped)
        return commits[-1].version if commits else version - 1

    async def fill(self, view: View[Any], stream: StreamName) -> None:
        """Fold all that is stored of a stream into one generation of a view; what is poisonous is parked.

        The log hears nothing of it.
        """
        filling = replace(self, views=(view,), log=None)
        try:
            commits = (await self.store.read(stream)).commits
        except InvalidMessage as error:
            await self._park(Poison(str(stream), 1, error), None, 1)
            return
        stored = chain.from_iterable(envelopes(commit) for commit in commits)
        await filling.handle(str(stream), list(stored))

    async def _generations(self) -> "Sequence[Projections]":
        """Give the projections into what is filled, and behind them those into what shows the log's state.

        In this order a generation that is full never stands behind the one before it: nobody who goes over
        to it sees a row go back. To be asked behind the last read of what is folded: who then knows of no
        new generation folds what is in the store already for whoever fills it.
        """
        generations = kept_up(self.views, await read_generations(self.rows))
        filling = replace(self, views=generations.coming, log=None)
        return filling, replace(self, views=generations.standing)

    async def handle(self, stream: str, arrived: Sequence[Envelope]) -> None:
        """Fold what arrived of one stream into exactly these views; what is poisonous is parked."""
        arrived = sorted(arrived, key=lambda envelope: envelope.sequence)
        poison, skipped, foldable = None, frozenset[int](), arrived
        while True:
            try:
                await self.fold(foldable, skipped)
                break
            except Poison as found:
                decided = skipped or await self._skipped(stream)
                if poison is None and found.version in decided - skipped:
                    skipped = decided
                    continue
                poison = found
                # What came before the poison is as good as ever.
                foldable = [one for one in arrived if one.sequence < found.version]
        if poison is not None:
            await self._park(poison, _shown(arrived, poison.version), arrived[-1].sequence)

    async def fold(self, arrived: Sequence[Envelope], skipped: AbstractSet[int]) -> None:
        for view in self.views:
            for at, events in keyed(view, arrived, skipped).items():
                await self._bring_up(view, at, events, skipped)

    async def _bring_up(
        self, view: View[Any], at: RowKey, arrived: Mapping[int, Event], skipped: AbstractSet[int]
    ) -> None:
        """Fold events into one row, again and again until no other owner of the partition interferes."""
        written = False
        while not written:
            stored = await self.rows.read(at)
            row = stored.row if stored else empty_row(view, at)
            advanced = await self._advance(view, row, arrived, skipped)
            tag = stored.tag if stored else None
            written = advanced == row or await self.rows.write(advanced, tag)

    async def _advance(
        self, view: View[Any], row: Row, arrived: Mapping[int, Event], skipped: AbstractSet[int]
    ) -> Row:
        advanced = advance(view, row, arrived, skipped)
        if isinstance(advanced, Gap):
            # The log does not have (or not yet have) what came before: the store does. What comes behind
            # stays the log's to bring: a row that runs ahead would hide what the log has lost.
            stored = await self._missed(row, arrived)
            filled = keyed(view, stored, skipped).get(row.at, {})
            advanced = advance(view, row, {**filled, **arrived}, skipped)
            await self._send_again(row, stored)
        if isinstance(advanced, Gap):
            lacking = advanced.version + 1
            broken = BrokenStream(f"the store has no version {lacking}")
            raise Poison(row.at.stream, lacking, broken)
        return advanced

    async def _missed(self, row: Row, arrived: Mapping[int, Event]) -> list[Envelope]:
        """Read the events between a row and the last that arrived, without those that did."""
        stream = StreamName.parse(row.at.stream)
        try:
            commits = (await self.store.read(stream, row.version)).commits
        except InvalidMessage as error:
            raise Poison(row.at.stream, row.version + 1, error) from error
        stored = chain.from_iterable(envelopes(commit) for commit in commits)
        missing = range(row.version + 1, max(arrived))
        return [one for one in stored if one.sequence in missing and one.sequence not in arrived]

    async def _send_again(self, row: Row, missed: Sequence[Envelope]) -> None:
        """Send what the log lacks again, for the other consumers; not the history of a row that only begins."""
        young = timestamp(self.now() - YOUNG)
        lacking = [encode(one) for one in missed if row.version > 0 or one.time > young]
        if lacking and self.log is not None:
            log = await self.log()
            await log.send(partition_of(row.at.stream, log.partitions), lacking)

    async def _skipped(self, stream: str) -> frozenset[int]:
        decisions = await self.parking.decisions(CONSUMER, stream)
        return frozenset(one.version for one in decisions if one.action == "skip")

    async def _park(
        self, poison: Poison, envelope: Mapping[str, Any] | None, last_seen: int
    ) -> None:
        await self.parking.park(
            Parked(
                consumer=CONSUMER,
                stream=poison.stream,
                version=poison.version,
                last_seen=max(last_seen, poison.version),
                error=str(poison),
                time=timestamp(self.now()),
                envelope=envelope,
                traceparent=(envelope or {}).get("traceparent"),
            )
        )


async def _handle(
    generations: Sequence[Projections], stream: str, arrived: Sequence[Envelope]
) -> None:
    for projections in generations:
        await projections.handle(stream, arrived)


def _shown(arrived: Iterable[Envelope], version: int) -> dict[str, Any] | None:
    for envelope in arrived:
        if envelope.sequence == version:
            return envelope.model_dump(mode="json", exclude_none=True)
    return None
