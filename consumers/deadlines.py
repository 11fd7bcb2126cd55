"""Deadlines: streams that have waited for too long are told so, under an id that every host would give."""

import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from consumers.delivery import Delivery, Run
from shared.adapters.names import DEADLINES
from shared.kernel.commands.dispatcher import Dispatcher
from shared.kernel.commands.outcome import Accepted
from shared.kernel.delivery.parking import Parked
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.delivery.stream_pages import pages
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventStore, Parking, Progress, RowReader
from shared.kernel.reactions.caused_commands import unrefused
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.folding import caught_up, placed
from shared.kernel.views.listing import Cursor, Filter, Listing
from shared.kernel.views.view import Row, RowKey, empty_row

PAGE = 50
SECONDS = 25.0
"""So long a run goes on, at most: the platform cuts off what takes 30 when it stops an instance."""


BACK = 20
"""So many commits are read at once on the way back to the event since which a stream waits."""

type Look = tuple[Deadline, Row | None]
"""A deadline, and the row that waits for it; who replays a stream has none, and makes it of the stream."""
Due = Run[Sequence[Look]]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Looks through the views for what waits, `page` rows at a time, and into the streams of what may be due.

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
        """Sends the commands that are due, and counts those that took effect.

        Raises a group of all that may go well later, when the others are done.
        """
        late, errors = list[int](), list[BaseException]()
        for deadline in self.deadlines:
            look = self._look(deadline, seconds / len(self.deadlines), late, errors)
            # A view that cannot be looked through keeps no other waiting.
            _, failed = await side_by_side([look])
            errors += failed
        if errors:
            raise BaseExceptionGroup("not every stream was looked at", errors)
        return sum(late)

    async def _look(
        self, deadline: Deadline, seconds: float, late: list[int], errors: list[BaseException]
    ) -> None:
        """Look through a view, and add what took effect, and what may go well later."""
        async with aclosing(self._waiting(deadline, seconds)) as pages:
            async for rows in pages:
                now = self.now()
                due = [row for row in rows if deadline.may_be_due(row, now)]
                lanes = [[Due(row.at.stream, {row.version: [(deadline, row)]})] for row in due]
                told, failed = await self._delivery.attempt(lanes)
                late += told
                errors += failed

    async def replay(self, marker: Parked) -> int | Parked:
        """Looks at a parked stream again; returns its version, or the marker that it stays parked at."""
        category = StreamName.parse(marker.stream).category
        known = [(one, None) for one in self.deadlines if one.view.category.name == category]
        run = Due(marker.stream, {marker.version: known})
        return await self._delivery.replay(run) or marker.version

    @property
    def _delivery(self) -> Delivery[Sequence[Look], int]:
        # Operators look at the stream itself: there is no message.
        return Delivery(DEADLINES, self.parking, self.now, lambda _: None, self._handle)

    async def _waiting(self, deadline: Deadline, seconds: float) -> AsyncGenerator[Sequence[Row]]:
        """Give the rows that wait page by page, from the cursor on that was reached, for a while."""
        end, name = time.monotonic() + seconds, f"{DEADLINES}:{deadline.name}"
        filters = [Filter(field, "=", value) for field, value in deadline.waiting.items()]
        listing = Listing(deadline.view.name, filters, limit=self.page)
        at = await self.progress.read(name) or ""
        while True:
            after = Cursor(None, *json.loads(at)) if at else None
            rows = await self.rows.page(replace(listing, after=after))
            yield rows
            behind = _cursor(rows, self.page)
            if behind != at:
                await self.progress.write(name, behind)
            at = behind
            if not at or time.monotonic() >= end:
                return

    async def _handle(self, run: Run[Sequence[Look]]) -> int:
        """Tell a stream whose time has come so, and count what took effect."""
        stream = StreamName.parse(run.stream)
        looks = [look for message in run.messages for look in message]
        return sum([await self._tell(deadline, row, stream) for deadline, row in looks])

    async def _tell(self, deadline: Deadline, row: Row | None, stream: StreamName) -> bool:
        row, now = row or await self._row(deadline, stream), self.now()
        request = deadline.request(row, await self._tail(deadline, row, now), now)
        if request is None:
            return False
        outcome = unrefused(request, await self.dispatcher.dispatch(request))
        return isinstance(outcome, Accepted) and not outcome.repeated

    async def _tail(self, deadline: Deadline, row: Row, now: datetime) -> Sequence[Commit]:
        """Read the last commits of a stream, as far back as the deadline asks for."""
        stream = StreamName.parse(row.at.stream)
        if deadline.since is None:
            ids = deadline.told_under(row, now)
            return (await self.store.find(stream, row.version - 1, ids)).commits
        commits: Sequence[Commit] = ()
        through = None
        while True:
            page = (await self.store.tail(stream, BACK, through)).commits
            commits = [*page, *commits]
            if len(page) < BACK or deadline.has_seen(row, commits):
                return commits
            through = page[0].first - 1

    async def _row(self, deadline: Deadline, stream: StreamName) -> Row:
        """Make the row of a stream from its beginning."""
        view, row = deadline.view, None
        async for commits in pages(self.store, stream):
            first = next(envelopes(commits[0]))
            row = caught_up(view, row or empty_row(view, placed(view, first)[0]), commits)
        return row or empty_row(view, RowKey(view.name, stream.id, str(stream)))


def _cursor(rows: Sequence[Row], page: int) -> str:
    """Give the cursor behind a page; the last page leads back to the beginning."""
    if len(rows) < page:
        return ""
    return json.dumps([rows[-1].at.key, rows[-1].at.stream])
