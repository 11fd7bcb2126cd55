"""Projections: fold what arrived into the rows that it touches, each written once; what is poisonous is parked.

How a row is folded is `advance` in shared/kernel/views/folding.py.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from consumers.delivery import Delivery, Run
from consumers.stored_events import event_in, replay_from, replay_stored, shown_event, stored
from shared.adapters.names import PROJECTIONS, SINGLE_PUBLISHER
from shared.kernel.delivery.operator_decisions import skips
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.partition import partition_of
from shared.kernel.delivery.retry import Attempts, one_attempt
from shared.kernel.errors import BrokenStream, NewerCode, Poison
from shared.kernel.messages.envelope import Envelope, encode
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader, Log, Parking, Rows
from shared.kernel.views.folding import Gap, advance, check_one_row, keyed, places_of
from shared.kernel.views.generation import is_filling, kept_up, read_generations
from shared.kernel.views.streams_view import streams_of
from shared.kernel.views.view import Row, RowKey, View, empty_row


@dataclass(frozen=True, slots=True)
class Projections:
    """Runs views over the log; `log` opens the log when a gap has to be sent again, None leaves it alone."""

    views: Sequence[View[Any]]
    rows: Rows
    store: EventReader
    parking: Parking
    log: Callable[[], Awaitable[Log]] | None
    now: Callable[[], datetime]

    async def project(self, bodies: Iterable[bytes], attempts: Attempts | None = None) -> None:
        """Projects a batch of messages: one read and at most one write a row.

        A view that is being rebuilt is written in each of its generations.

        Raises a group of all that may go well later.
        """
        attempts = attempts or one_attempt()
        generations = await attempts.trying(self._generations)
        await self._delivery(generations.fold).take(bodies, event_in, attempts)

    async def replay(self, marker: Parked) -> int | Parked:
        """Folds what a marker holds back; returns the tail, or the marker that the stream stays parked at."""
        return await replay_stored(self._delivery(self._fold_anew), self.store, marker)

    async def fill(self, view: View[Any], stream: StreamName) -> None:
        """Folds all that is stored of a stream into one generation of a view; what is poisonous is parked.

        The log hears nothing of it.
        """
        delivery = self.filling(view, self.store)
        parked = await replay_from(delivery, self.store, str(stream), 1)
        if isinstance(parked, Parked):
            await self.parking.park(parked)

    def filling(self, view: View[Any], store: EventReader) -> Delivery[Envelope, None]:
        """Returns what folds into one generation of a view, and parks what is poisonous.

        What the generation lacks is asked of the store; the log hears nothing of it. Nothing is folded into
        one that is filled or given up.
        """
        return self._delivery(replace(self, views=(view,), store=store, log=None).fold_if_filling)

    def _delivery(
        self, fold: Callable[[Run[Envelope]], Awaitable[None]]
    ) -> Delivery[Envelope, None]:
        # A row behind a poison has a gap, which holds it back by itself; that of another generation goes on.
        return Delivery(
            *(PROJECTIONS, self.parking, self.now, shown_event), fold, heeds_markers=False
        )

    async def _generations(self) -> "Generations":
        """Give the projections into what is filled, and behind them those into what shows the log's state.

        In this order a generation that is full never stands behind the one before it: nobody who goes over
        to it sees a row go back. To be asked behind the last read of what is folded: who then knows of no
        new generation folds what is in the store already for whoever fills it.
        """
        generations = kept_up(self.views, await read_generations(self.rows))
        filling = replace(self, views=generations.coming, log=None)
        return Generations((filling, replace(self, views=generations.standing)))

    async def _fold_anew(self, run: Run[Envelope]) -> None:
        """Fold what the store has, and send it: rows would hide from the sweep what the log has lost of it."""
        await (await self._generations()).fold(run)
        await self._send(run.stream, [run.arrived[one] for one in sorted(run.arrived)])

    async def fold_if_filling(self, run: Run[Envelope]) -> None:
        """Folds a run unless the filling has ended: what is newer would be ahead of the next generation.

        To be asked behind the read of what is folded: that was stored before the next generation began.
        """
        (view,) = self.views
        if await is_filling(self.rows, view.name):
            await self.fold(run)

    async def fold(self, run: Run[Envelope]) -> None:
        """Folds a run into exactly these views; raises Poison, or what may go well later."""
        skipped = run.skips.keys()
        for view in self.views:
            for at, events in keyed(view, run.messages, skipped).items():
                await self._bring_up(view, at, events, skipped)

    async def _bring_up(
        self, view: View[Any], at: RowKey, arrived: Mapping[int, Event], skipped: AbstractSet[int]
    ) -> None:
        """Fold events into one row, again and again until no other owner of the partition interferes."""
        written = False
        while not written:
            known = await self.rows.read(at)
            row = known.row if known else empty_row(view, at)
            advanced = await self._advance(view, row, arrived, skipped)
            tag = known.tag if known else None
            written = advanced == row or await self.rows.write(advanced, tag)

    async def _advance(
        self, view: View[Any], row: Row, arrived: Mapping[int, Event], skipped: AbstractSet[int]
    ) -> Row:
        advanced = advance(view, row, arrived, skipped)
        if isinstance(advanced, Gap):
            # The log does not have (or not yet have) what came before: the store does. What comes behind
            # stays the log's to bring: a row that runs ahead would hide what the log has lost.
            skipped |= (await skips(self.parking, PROJECTIONS, row.at.stream)).keys()
            filled = await self._filled(view, row, arrived, skipped)
            advanced = (
                filled if isinstance(filled, Gap) else advance(view, filled, arrived, skipped)
            )
        if isinstance(advanced, Gap):
            lacking = advanced.version + 1
            broken = BrokenStream(f"the store has no version {lacking}")
            raise Poison(row.at.stream, lacking, broken)
        return advanced

    async def _filled(
        self, view: View[Any], row: Row, arrived: Mapping[int, Event], skipped: AbstractSet[int]
    ) -> Row | Gap:
        """Fold what is stored between a row and the last that arrived, and send again what did not arrive."""
        filled, last = row, max(arrived)
        async with aclosing(stored(self.store, row.at.stream, row.version + 1, skipped)) as runs:
            async for run in runs:
                end = max(run.arrived)
                between = [one for version, one in run.arrived.items() if version < last]
                here = {version: event for version, event in arrived.items() if version <= end}
                found = keyed(view, between, skipped)
                check_one_row(view, row, arrived, found)
                events = {**found.get(row.at, {}), **here}
                advanced = advance(view, filled, events, skipped)
                missed = [one for one in between if one.sequence not in arrived]
                await self._send_again(row, missed)
                if isinstance(advanced, Gap):
                    return advanced
                filled = advanced
                if end >= last - 1:
                    break
        return filled

    async def _send_again(self, row: Row, missed: Sequence[Envelope]) -> None:
        """Send what the log lacks again, for the other consumers.

        The history that the row of a new view lacks is not lost: the rows of other views have seen it.
        """
        if missed and self.log is not None:
            brought = 0 if row.version else await self._brought(missed[0])
            await self._send(row.at.stream, [one for one in missed if one.sequence > brought])

    async def _brought(self, envelope: Envelope) -> int:
        """Return the last version of a stream that any row has seen: the log has brought everything up to it.

        The row of the built-in view counts too: the category may have had no other until now.
        """
        built_in = (streams_of(category) for one in self.views for category in one.categories)
        try:
            places = dict.fromkeys(places_of((*self.views, *built_in), envelope))
        except Poison:
            return 0
        return max((await self.rows.versions(list(places))).values(), default=0)

    async def _send(self, stream: str, lacking: Sequence[Envelope]) -> None:
        if not lacking or self.log is None:
            return
        # What operators have left unpublished is not lost, and the log may not even take it.
        unpublished = await skips(self.parking, SINGLE_PUBLISHER, stream)
        bodies = [encode(one) for one in lacking if one.sequence not in unpublished]
        if bodies:
            log = await self.log()
            await log.send(partition_of(stream, log.partitions), bodies)


@dataclass(frozen=True, slots=True)
class Generations:
    """The same views in several generations, in the order in which they are written."""

    projections: Sequence[Projections]

    async def fold(self, run: Run[Envelope]) -> None:
        """Folds a run into each, though another cannot; raises the first Poison, or what may go well later."""
        self._check_category(run)
        poisons: list[Poison] = []
        for projections in self.projections:
            try:
                await projections.fold(run)
            except Poison as poison:
                poisons.append(poison)
        if poisons:
            raise min(poisons, key=lambda poison: poison.version)

    def _check_category(self, run: Run[Envelope]) -> None:
        """Raise Poison for a category of which there is no view: every category that this code knows has one."""
        known = {
            category.name
            for one in self.projections
            for view in one.views
            for category in view.categories
        }
        unknown = [one for one in run.messages if one.stream.category not in known]
        if unknown:
            newer = NewerCode(
                f"no category '{unknown[0].stream.category}' is known: it waits for newer code"
            )
            raise Poison(run.stream, unknown[0].sequence, newer)
