"""Waiting for what is new: one look at a time, for all who wait in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.kernel.feeds.cursor import Place
from shared.kernel.feeds.page import Page

MOST_WAITING = 32
"""So many requests wait at once for a feed: others are answered at once, and leave instances free for commands."""
BETWEEN_LOOKS = 0.5
"""Seconds."""

type Places = tuple[Place, ...]
type Pages = Sequence[Page]
"""The last page of each chain."""


def ends(pages: Pages) -> Places:
    """Give the places behind the last events of a feed."""
    return tuple(Place(page.number, len(page.events)) for page in pages)


@dataclass(slots=True)
class Watch:
    """Looks at the last pages of a feed, twice a second as long as anybody waits.

    What the last look has `seen` is kept as long as another one follows.
    """

    look: Callable[[], Awaitable[Pages]]
    most: int = MOST_WAITING
    between: float = BETWEEN_LOOKS
    seen: Pages = ()
    _waiting: int = 0
    _next_look: "asyncio.Task[Pages] | None" = None

    async def changed(self, places: Places, seconds: float) -> Pages | None:
        """Wait until a feed ends behind some places, and give its last pages.

        They are none when that takes too long; None where too many wait.
        """
        if self._waiting >= self.most:
            return None
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                while not _behind(places, ends(pages := await self._next())):
                    pass
        except TimeoutError:
            return ()
        finally:
            self._waiting -= 1
            if not self._waiting:
                self.seen = ()
        return pages

    async def _next(self) -> Pages:
        """Give what the next look sees, which is one for all."""
        if self._next_look is None or self._next_look.done():
            self._next_look = asyncio.create_task(self._later())
        # Whoever waits no longer takes the look from nobody.
        return await asyncio.shield(self._next_look)

    async def _later(self) -> Pages:
        await asyncio.sleep(self.between)
        pages = await self.look()
        self.seen = pages if self._waiting else ()
        return pages


def _behind(places: Places, ends: Places) -> bool:
    return any(place < end for place, end in zip(places, ends, strict=True))
