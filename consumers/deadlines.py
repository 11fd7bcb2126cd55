"""Deadlines: streams that have waited for too long are told so, under an id that every host would give."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from shared.kernel.commit import timestamp
from shared.kernel.deadline import Deadline
from shared.kernel.delivery.parking import Parked
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.errors import OnewriteError, Poison, ReactionFailed
from shared.kernel.listing import Filter, Listing, Place
from shared.kernel.message import type_name
from shared.kernel.outcome import Accepted, Refused
from shared.kernel.ports import EventStore, Parking, Progress, RowReader
from shared.kernel.stream import StreamName
from shared.kernel.view import Row

CONSUMER = "deadlines"
PAGE = 50
SECONDS = 40.0
"""So long a run goes on, at most: the timer is due every minute."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Looks through the views for what waits, `page` rows at a time, and into the streams for how long.

    A run that does not come to the end of a view goes on there the next time.
    """

    deadlines: Sequence[Deadline]
    rows: RowReader
    store: EventStore
    dispatcher: Dispatcher
    parking: Parking
    progress: Progress
    now: Callable[[], datetime]
    page: int = PAGE

    async def run(self, seconds: float = SECONDS) -> int:
        """Send the commands that are due, and count those that took effect.

        A stream that can never be looked at is parked. Raises what may go well later, when the others are done.
        """
        held = {marker.stream for marker in await self.parking.parked(CONSUMER)}
        late, errors = 0, list[BaseException]()
        for deadline in self.deadlines:
            async with aclosing(self._waiting(deadline, seconds / len(self.deadlines))) as pages:
                found = [
                    result
                    async for rows in pages
                    for result in await self._checks(deadline, rows, held)
                ]
            late += sum(result for result in found if isinstance(result, int))
            errors += [result for result in found if isinstance(result, BaseException)]
        if errors:
            raise BaseExceptionGroup("not every stream was looked at", errors)
        return late

    async def replay(self, stream: StreamName, version: int) -> int:
        """Look at a parked stream again, unless that was skipped; raises Poison."""
        if not await self._is_skipped(str(stream), version):
            for deadline in self.deadlines:
                if deadline.view.category.name == stream.category:
                    await self._look(deadline, stream, version)
        return version

    async def _waiting(self, deadline: Deadline, seconds: float) -> AsyncGenerator[Sequence[Row]]:
        """Give the rows that wait page by page, from the place on that was reached, for a while."""
        end, name = time.monotonic() + seconds, f"{CONSUMER}:{deadline.name}"
        filters = [Filter(field, "=", value) for field, value in deadline.waiting.items()]
        listing = Listing(deadline.view.name, filters, limit=self.page)
        at = await self.progress.read(name) or ""
        while True:
            after = Place(None, *json.loads(at)) if at else None
            rows = await self.rows.page(replace(listing, after=after))
            yield rows
            behind = _place(rows, self.page)
            if behind != at:
                await self.progress.write(name, behind)
            at = behind
            if not at or time.monotonic() >= end:
                return

    async def _checks(
        self, deadline: Deadline, rows: Sequence[Row], held: AbstractSet[str]
    ) -> list[int | BaseException]:
        """Look at every stream of a page that is not held back: what each came to, but for what is parked."""
        free = [row for row in rows if row.at.stream not in held]
        looks = [self._look(deadline, StreamName.parse(row.at.stream), row.version) for row in free]
        results = await asyncio.gather(*looks, return_exceptions=True)
        for result in results:
            if isinstance(result, Poison):
                await self._park(result)
        return [result for result in results if not isinstance(result, Poison)]

    async def _look(self, deadline: Deadline, stream: StreamName, version: int) -> bool:
        """Tell a stream that its time is up, if it is; raises Poison, or what may go well later."""
        try:
            return await self._tell(deadline, stream)
        except Exception as error:
            if isinstance(error, OnewriteError) and error.transient:
                raise
            raise Poison(str(stream), version, error) from error

    async def _tell(self, deadline: Deadline, stream: StreamName) -> bool:
        commits = (await self.store.tail(stream, limit=1)).commits
        limit = timestamp(self.now() - deadline.after)
        if not commits or commits[-1].metadata.time > limit:
            return False
        last = commits[-1]
        request = deadline.request(last, timestamp(self.now()))
        outcome = await self.dispatcher.dispatch(request)
        if isinstance(outcome, Refused):
            command, sentence = type_name(type(request.command)), outcome.refusal.sentence
            raise ReactionFailed(f"{command} to {stream} was refused: {sentence}")
        return isinstance(outcome, Accepted) and not outcome.repeated

    async def _is_skipped(self, stream: str, version: int) -> bool:
        decisions = await self.parking.decisions(CONSUMER, stream)
        return any(one.version == version and one.action == "skip" for one in decisions)

    async def _park(self, poison: Poison) -> None:
        if not await self._is_skipped(poison.stream, poison.version):
            stream, version, found = poison.stream, poison.version, timestamp(self.now())
            marker = Parked(CONSUMER, stream, version, version, str(poison), found)
            await self.parking.park(marker)


def _place(rows: Sequence[Row], page: int) -> str:
    """Name the place behind a page; the last page leads back to the beginning."""
    if len(rows) < page:
        return ""
    return json.dumps([rows[-1].at.key, rows[-1].at.stream])
