"""Waiting for the read models: until the rows of a stream have seen a version."""

import asyncio
from collections.abc import Awaitable, Callable

from command_api.composition import Application
from shared.kernel.errors import Poison, StoreError
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import envelopes
from shared.kernel.views.folding import places_of
from shared.kernel.views.view import RowKey

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.2


async def is_projected(application: Application, commit: Commit, seconds: float) -> bool:
    """Wait until every view of the stream's category shows a commit; False when it takes too long."""
    try:
        rows = _rows(application, commit)
    except Poison:
        # The write is stored: what a view can never show is told where it is projected, and parked there.
        return False

    async def all_there() -> bool:
        try:
            found = await asyncio.gather(*(application.rows.read(at) for at in rows))
        except (StoreError, OSError):
            # The write is stored: a row that cannot be read is one that does not show it yet.
            return False
        return all(one is not None and one.row.version >= rows[one.row.at] for one in found)

    return await waited(all_there, seconds)


async def waited(true: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Ask again and again until it is true; False when that takes too long. Who has no time asks once."""
    if seconds == 0:
        return await true()
    try:
        async with asyncio.timeout(seconds):
            pause = FIRST_PAUSE
            while not await true():
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
    except TimeoutError:
        return False
    return True


def _rows(application: Application, commit: Commit) -> dict[RowKey, int]:
    """Name the rows that a commit touches, each with the last version that concerns it; raises Poison."""
    views = application.domain.views
    return {
        at: envelope.sequence for envelope in envelopes(commit) for at in places_of(views, envelope)
    }
