"""The rebuild of a view: its next generation is filled, from the store's feed or from the log, and then read.

Reactions and notifications have no part in it, and the log hears nothing of it. When the next one goes live is
decided in shared/kernel/views/generation.py.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from pydantic import BaseModel, ConfigDict

from consumers.projections import Projections
from consumers.replay.filling import LogFilling
from consumers.replay.holes import LogHole
from consumers.replay.note import Stage
from shared.adapters.cosmos.codec import item_id
from shared.kernel.delivery.feed_places import reached
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.delivery.sweep_note import read_note
from shared.kernel.errors import ConfigurationError, InvalidMessage
from shared.kernel.messages.commit import timestamp
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Feed, Progress
from shared.kernel.views.generation import (
    NEVER_REBUILT,
    Generations,
    Source,
    change,
    generation_name,
    read_generations,
)
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import View

BEGINNING = item_id(1)
GRAIN = 2.0
"""Seconds by which the age of an item may be wrong: the store tells whole ones, twice."""

AT_ONCE = 8
"""So many streams are filled side by side: of each, a part is in memory."""


class Reached(BaseModel):
    """How far a stretch of the feed is filled: the time of the last commit, and the streams found up to it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    position: str | None = None
    time: str | None = None
    streams: int = 0


class _Note(BaseModel):
    """How far all of the feed is filled."""

    model_config = ConfigDict(defer_build=True)

    ranges: dict[str, Reached] = {}


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuilds views step by step; `grace` is how long the rows of an older generation are kept for slow readers.

    When something was is told by the clock of the store alone; `clock` measures seconds that something takes.
    """

    projections: Projections
    feed: Feed
    progress: Progress
    grace: timedelta
    clock: Callable[[], float] = time.monotonic
    from_log: LogFilling | None = None

    async def begin(self, view: View[Any], source: Source = "store") -> Generations:
        """Begin to fill a new generation, whatever went on before; raises as rows do."""
        while True:
            seen = await self.generations(view)
            begun = seen.begun(await self._time(), source)
            if await change(self.projections.rows, view.name, seen, begun):
                return begun

    async def generations(self, view: View[Any]) -> Generations:
        """Give the generations of a view."""
        return (await read_generations(self.projections.rows)).get(view.name, NEVER_REBUILT)

    async def reached(self, view: View[Any], generations: Generations) -> list[Reached]:
        """Tell how far the newest generation is filled, range by range."""
        note = await self._read(generation_name(view.name, generations.newest))
        return list(note.ranges.values())

    async def reached_in_log(self, view: View[Any], generations: Generations) -> list[Stage]:
        """Tell how far the last generation that was filled from the log is, partition by partition."""
        number = generations.given_up if generations.stopped else generations.newest
        return (await self._filling().note(_coming(view, number))).stages

    async def run(self, seconds: float) -> None:
        """Go on with every rebuild for a while; the place is kept after every page. Raises as the store does."""
        deadline = self.clock() + seconds
        known = await read_generations(self.projections.rows)
        errors: list[BaseException] = []
        for view in self.projections.views:
            if view.name in known:
                # One that waits for the store keeps none waiting that is filled from the log.
                step = self._step(view, known[view.name], deadline)
                ended = await asyncio.gather(step, return_exceptions=True)
                errors += [one for one in ended if one is not None]
        if errors:
            raise errors[0] if len(errors) == 1 else BaseExceptionGroup("not all went on", errors)

    async def _step(self, view: View[Any], seen: Generations, deadline: float) -> None:
        works = {"filling": self._fill, "serving": self._swept, "emptying": self._empty}
        if seen.source == "log":
            works["filling"] = self._fill_from_log
        work = works.get(seen.phase)
        try:
            is_done = work is not None and await work(view, seen, deadline)
        except LogHole as hole:
            await change(self.projections.rows, view.name, seen, seen.ended_by(str(hole)))
            return
        if is_done:
            await change(self.projections.rows, view.name, seen, seen.ended(await self._time()))

    async def _fill(self, view: View[Any], seen: Generations, deadline: float) -> bool:
        """Fill the newest generation; False when time is up before the feed ends.

        Its end is where nothing more comes, or nothing but what was written since this began, by the store's own
        word: all of that the log brings, for everybody knows of the new generation by then.
        """
        begun = self.clock()
        coming = _coming(view, seen.newest)
        note = await self._read(coming.name)
        for stretch in note.ranges:
            while True:
                if self.clock() >= deadline:
                    return False
                elapsed, so_far = self.clock() - begun, note.ranges[stretch]
                page = await self.feed.read(stretch, so_far.position)
                if not page.items or max(page.ages) + GRAIN < elapsed:
                    break
                streams = _beginning(coming, page.items)
                await self._fold(coming, streams)
                note.ranges[stretch] = Reached(
                    position=page.position,
                    time=max(map(_time, page.items)),
                    streams=so_far.streams + len(streams),
                )
                await self.progress.write(_place(coming.name), note.model_dump_json())
        return True

    async def _fill_from_log(self, view: View[Any], seen: Generations, deadline: float) -> bool:
        return await self._filling().fill(_coming(view, seen.newest), deadline)

    def _filling(self) -> LogFilling:
        if self.from_log is None:
            raise ConfigurationError("whoever does not read the log can fill no view from it")
        return self.from_log

    async def _fold(self, coming: View[Any], streams: Sequence[StreamName]) -> None:
        errors: list[BaseException] = []
        for some in batched(streams, AT_ONCE, strict=False):
            _, failed = await side_by_side(self.projections.fill(coming, one) for one in some)
            errors += failed
        if errors:
            raise BaseExceptionGroup("not every stream was filled", errors)

    async def _swept(self, view: View[Any], seen: Generations, _deadline: float) -> bool:
        """Tell whether the sweep has proven, by the rows of before, what was written until the new ones were read.

        Those hide what the log has lost of it.
        """
        note, since = await read_note(self.progress), datetime.fromisoformat(seen.since).timestamp()
        unseen = (StreamName.parse(stream) for stream, one in note.again.items() if one.sent)
        if any(view.folds(stream.category) for stream in unseen):
            return False
        for stretch, place in (await reached(self.feed, note.places)).items():
            page = await self.feed.read(stretch, place, limit=1)
            if page.items and await self.feed.time() - max(page.ages) <= since + GRAIN:
                return False
        return True

    async def _empty(self, view: View[Any], seen: Generations, deadline: float) -> bool:
        """Delete the rows that nobody reads or writes any more; False before that, and when time is up."""
        rows = self.projections.rows
        if seen.since > await self._time(self.grace):
            return False
        for number in range(seen.emptied, seen.oldest):
            listing = Listing(generation_name(view.name, number), limit=100)
            while found := await rows.page(listing):
                if self.clock() >= deadline:
                    return False
                await asyncio.gather(*(rows.delete(row.at) for row in found))
        return True

    async def _time(self, before: timedelta = timedelta()) -> str:
        """Tell what time it is by the clock of the store, or was so long ago."""
        return timestamp(datetime.fromtimestamp(await self.feed.time(), UTC) - before)

    async def _read(self, generation: str) -> _Note:
        noted = await self.progress.read(_place(generation))
        note = _Note.model_validate_json(noted) if noted else _Note()
        found = await reached(self.feed, note.ranges)
        return _Note(ranges={one: place or Reached() for one, place in found.items()})


def _coming(view: View[Any], number: int) -> View[Any]:
    return replace(view, name=generation_name(view.name, number))


def _beginning(view: View[Any], items: Sequence[Mapping[str, Any]]) -> list[StreamName]:
    """Name the streams of a view whose first commit is on a page: each is so on exactly one."""
    begun = [item.get("stream") for item in items if item.get("id") == BEGINNING]
    found: list[StreamName] = []
    for stream in begun:
        try:
            name = StreamName.parse(stream if isinstance(stream, str) else "")
        except InvalidMessage:
            # The publisher has parked it.
            continue
        if view.folds(name.category):
            found.append(name)
    return found


def _time(item: Mapping[str, Any]) -> str:
    """Tell when an item was written, or nothing: what no commit can be read from says so in its own way."""
    metadata = item.get("metadata")
    found = metadata.get("time") if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else ""


def _place(generation: str) -> str:
    return f"rebuild:{generation}"
