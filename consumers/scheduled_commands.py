"""Scheduled commands: handed to the mailbox when their time has come, each once in effect."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from consumers.mailbox import Mailbox
from shared.kernel.commands.scheduled_command import (
    ScheduledCommand,
    cancelled,
    in_state,
    settled,
)
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import Outcomes, Rows
from shared.kernel.views.listing import Cursor, Listing
from shared.kernel.views.view import Row

PAGE = 50
SECONDS = 15.0
"""So long a run goes on, at most: it shares its minute with the deadlines."""

type Step = Callable[[ScheduledCommand], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Takes what is due, and only then hands it over: who cancels it in between is told that it is too late.

    A host that dies in between leaves what it has taken to the next run, and the command's id to the mailbox.
    """

    rows: Rows
    mailbox: Mailbox
    outcomes: Outcomes
    now: Callable[[], datetime]
    page: int = PAGE

    async def run(self, seconds: float = SECONDS) -> int:
        """Hands over what is due, and counts it; raises a group of all that may go well later."""
        end, due = time.monotonic() + seconds, timestamp(self.now())
        steps: list[tuple[Listing, Step]] = [
            (in_state("handed-over", self.page), self._hand_over),
            (in_state("scheduled", self.page, due), self._take),
            (in_state("cancelled", self.page), self._forget),
        ]
        count, errors = 0, list[BaseException]()
        for listing, step in steps:
            async with aclosing(self._pages(listing, end)) as pages:
                async for rows in pages:
                    done, failed = await side_by_side(_do(step, row) for row in rows)
                    count, errors = count + len(done), errors + failed
        if errors:
            raise BaseExceptionGroup("not every command that is due was handed over", errors)
        return count

    async def _pages(self, listing: Listing, end: float) -> AsyncGenerator[list[Row]]:
        while True:
            rows = await self.rows.page(listing)
            yield rows
            if len(rows) < self.page or time.monotonic() >= end:
                return
            listing = replace(listing, after=Cursor(None, rows[-1].at.key, rows[-1].at.stream))

    async def _take(self, command: ScheduledCommand) -> None:
        """Take a command that is due, unless it is cancelled by now, and hand it over."""
        found = await settled(self.rows, command.row.at, "handed-over")
        if found is not None and found.state == "handed-over":
            await self._hand_over(found)

    async def _hand_over(self, command: ScheduledCommand) -> None:
        await self.mailbox.handle([command.message.encode()])
        await self.rows.delete(command.row.at)

    async def _forget(self, command: ScheduledCommand) -> None:
        """Keep that a command was cancelled, unless it was decided, and its row no longer."""
        await cancelled(command, self.outcomes)
        await self.rows.delete(command.row.at)


async def _do(step: Step, row: Row) -> None:
    """Take a step with a command; a row that only newer code can read fails for itself."""
    await step(ScheduledCommand.read(row))
