"""A stream page by page: up to what nobody can read, and past it once an operator has decided so."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence

from shared.kernel.errors import Poison, UnreadableCommit
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader

PAGE = 500


async def pages(
    store: EventReader, stream: StreamName, after: int = 0, skipped: Collection[int] = ()
) -> AsyncGenerator[Sequence[Commit]]:
    """Reads the commits that end after a version, but for unreadable ones that are skipped.

    The next of these ends it: it is raised as a Poison, behind all that stands before it. Whoever waits for the
    loop has a turn behind each page.
    """
    limit, more = PAGE, True
    while more:
        try:
            found = await store.read(stream, after, limit=limit)
        except UnreadableCommit as error:
            if error.before:
                # Those before it are read alone, and then it is met again.
                limit = error.before
            elif error.first in skipped:
                after = error.version
            else:
                raise Poison(str(stream), error.first, error) from error
            continue
        limit, more = PAGE, found.more or limit < PAGE
        if found.commits:
            after = found.commits[-1].version
            yield found.commits
        await asyncio.sleep(0)
