"""A generation of a view is filled from the log: folded as projections fold, without the store.

A version that comes behind a later one of its stream is folded when it comes; the later one is read once more,
in another round. So nothing is kept in memory but names.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from consumers.delivery import Delivery, Run
from consumers.projections import Projections
from consumers.replay.holes import LogGap
from consumers.replay.log import Part, WholeLog
from consumers.replay.note import Note, Stage, begun
from consumers.stored_events import event_in
from shared.adapters.names import PROJECTIONS
from shared.kernel.errors import InvalidMessage, leaves
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found, Progress
from shared.kernel.views.view import View

PAGE = 1_000
"""So many messages are folded together, and then the place is noted."""


class NoStore:
    """The store of whoever has nothing but the log."""

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:  # noqa: ARG002 - the port's
        raise LogGap(str(stream), after + 1)


@dataclass(frozen=True, slots=True)
class LogFilling:
    """Fills generations of views from the log, page by page; the place is kept after each."""

    projections: Projections
    log: Callable[[], Awaitable[WholeLog]]
    progress: Progress
    clock: Callable[[], float] = time.monotonic
    page: int = PAGE

    async def fill(self, coming: View[Any], deadline: float) -> bool:
        """Fill a generation; False when time is up before all is folded that the log held when this began.

        What comes later the projections fold, which know of the generation by then. Raises LogHole when it can
        never be filled, and what may pass.
        """
        log, note = await self.log(), await self.note(coming)
        if not note.stages:
            note = begun(await log.hub.extents())
        is_done = False
        while not is_done:
            for partition, stage in enumerate(note.stages):
                async with aclosing(_pages(log, partition, stage, self.page)) as pages:
                    async for page in pages:
                        if self.clock() >= deadline:
                            return False
                        await self._fold(coming, page, stage, note)
                        await self._keep(coming, note)
            is_done = note.is_done()
            await self._keep(coming, note)
        return True

    async def note(self, coming: View[Any]) -> Note:
        """Read how far a generation is filled."""
        noted = await self.progress.read(_name(coming))
        return Note.model_validate_json(noted) if noted else Note()

    async def _keep(self, coming: View[Any], note: Note) -> None:
        await self.progress.write(_name(coming), note.model_dump_json())

    async def _fold(
        self, coming: View[Any], page: Sequence[Part], stage: Stage, note: Note
    ) -> None:
        delivery = self.projections.filling(coming, NoStore())
        arrived: dict[str, dict[int, Envelope]] = {}
        for message in (one for part in page for one in part.messages):
            try:
                one = event_in(message.body)
            except InvalidMessage as error:
                await delivery.park_unreadable(message.body, error)
                continue
            stage.events, stage.time = stage.events + 1, one.content.time
            if coming.folds(one.content.stream.category) and note.wants(one.stream):
                arrived.setdefault(one.stream, {}).setdefault(one.version, one.content)
        await self._deliver(delivery, arrived, stage, note)
        stage.place = page[-1].place

    async def _deliver(
        self,
        delivery: Delivery[Envelope, None],
        arrived: Mapping[str, Mapping[int, Envelope]],
        stage: Stage,
        note: Note,
    ) -> None:
        """Fold what follows on the rows of its streams, and note what does not."""
        known = {one: note.lacking[one] for one in arrived.keys() & note.lacking.keys()}
        runs = [Run(stream, events) for stream, events in arrived.items() if stream not in known]
        gaps = known | await self._unheld(await _gaps(delivery, runs))
        parts = [_unbroken(arrived[stream], version) for stream, version in gaps.items()]
        # Behind a gap nothing of a run is folded: what comes before it is, now.
        await _gaps(delivery, [Run(s, p) for s, p in zip(gaps, parts, strict=True) if p])
        for (stream, version), part in zip(gaps.items(), parts, strict=True):
            note.lacks(stream, version + len(part), stage)

    async def _unheld(self, gaps: Mapping[str, int]) -> dict[str, int]:
        """Leave out what lies behind a poison: a parked stream has a gap there, which its release fills."""
        held = await self.projections.parking.held(PROJECTIONS, gaps.keys()) if gaps else {}
        return {
            one: version for one, version in gaps.items() if held.get(one, version + 1) > version
        }


async def _gaps(
    delivery: Delivery[Envelope, None], runs: Sequence[Run[Envelope]]
) -> dict[str, int]:
    """Fold runs; returns the streams whose rows lack a version, and which; raises what else may pass."""
    _, errors = await delivery.attempt([[run] for run in runs]) if runs else ((), [])
    found = [leaf for error in errors for leaf in leaves(error)]
    others = [one for one in found if not isinstance(one, LogGap)]
    if others:
        raise BaseExceptionGroup("not every stream was filled", others)
    return {one.stream: one.version for one in found if isinstance(one, LogGap)}


def _unbroken(arrived: Mapping[int, Envelope], version: int) -> dict[int, Envelope]:
    """Give what arrived from a version on, up to the first that did not."""
    part: dict[int, Envelope] = {}
    while version in arrived:
        part[version] = arrived[version]
        version += 1
    return part


async def _pages(
    log: WholeLog, partition: int, stage: Stage, most: int
) -> AsyncGenerator[list[Part]]:
    """Read a partition up to where it ended when this began, so many messages at once."""
    if stage.place.number >= stage.end:
        return
    page, size = list[Part](), 0
    async with aclosing(log.read(partition, stage.place)) as parts:
        async for part in parts:
            page.append(part)
            size += len(part.messages)
            is_last = part.place.number >= stage.end
            if size >= most or is_last:
                yield page
                page, size = [], 0
            if is_last:
                return


def _name(coming: View[Any]) -> str:
    return f"rebuild-from-log:{coming.name}"
