"""A stream page by page: however long it is, no more than a page of it is in memory."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader

PAGE = 500


async def pages(
    store: EventReader, stream: StreamName, after: int = 0
) -> AsyncGenerator[Sequence[Commit]]:
    """Reads the commits that end after a version; whoever waits for the loop has a turn behind each page."""
    more = True
    while more:
        found = await store.read(stream, after, limit=PAGE)
        more = found.more
        if found.commits:
            after = found.commits[-1].version
            yield found.commits
        await asyncio.sleep(0)
