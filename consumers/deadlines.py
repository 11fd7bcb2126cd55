"""Deadlines: streams that have waited for too long are told so, under an id that every host would give."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.kernel.commit import Metadata, timestamp
from shared.kernel.deadline import Deadline
from shared.kernel.dispatcher import Dispatcher
from shared.kernel.listing import Filter, Listing, Place
from shared.kernel.outcome import Accepted
from shared.kernel.ports import EventStore, Rows
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName
from shared.kernel.view import Row

PAGE = 50


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Looks through the views for what waits, `page` rows at a time, and into the streams for how long."""

    deadlines: Sequence[Deadline]
    rows: Rows
    store: EventStore
    dispatcher: Dispatcher
    now: Callable[[], datetime]
    page: int = PAGE

    async def run(self) -> int:
        """Send the commands that are due, and count those that took effect; raises as the store does."""
        return sum([await self._run(deadline) for deadline in self.deadlines])

    async def _run(self, deadline: Deadline) -> int:
        filters = [Filter(field, "=", value) for field, value in deadline.waiting.items()]
        listing: Listing | None = Listing(deadline.view.name, filters, limit=self.page)
        late = 0
        while listing is not None:
            rows = await self.rows.page(listing)
            late += sum(await asyncio.gather(*(self._check(deadline, row) for row in rows)))
            listing = _behind(listing, rows)
        return late

    async def _check(self, deadline: Deadline, row: Row) -> bool:
        stream = StreamName.parse(row.at.stream)
        commits = (await self.store.tail(stream, limit=1)).commits
        limit = timestamp(self.now() - deadline.after)
        if not commits or commits[-1].metadata.time > limit:
            return False
        last = commits[-1]
        command_id = deadline.identify(stream, last.version)
        metadata = Metadata(
            correlation_id=last.metadata.correlation_id,
            causation_id=f"{stream}@{last.version}",
            time=timestamp(self.now()),
            traceparent=last.metadata.traceparent,
        )
        request = CommandRequest(stream, deadline.command(), command_id, metadata, derived=True)
        outcome = await self.dispatcher.dispatch(request)
        return isinstance(outcome, Accepted) and not outcome.repeated


def _behind(listing: Listing, rows: Sequence[Row]) -> Listing | None:
    if len(rows) < listing.limit:
        return None
    last = rows[-1].at
    return replace(listing, after=Place(None, last.key, last.stream))
