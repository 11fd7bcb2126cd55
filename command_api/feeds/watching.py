"""Waiting for what is new: one look at a time, for all who wait in this process."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.kernel.feeds.cursor import Place

MOST_WAITING = 32
"""So many requests wait at once for a feed: others are answered at once, and leave instances free for commands."""
BETWEEN_LOOKS = 0.5
"""Seconds."""

type Ends = tuple[Place, ...]


@dataclass(slots=True)
class Watch:
    """Looks where a feed ends, twice a second as long as anybody waits."""

    ends: Callable[[], Awaitable[Ends]]
    most: int = MOST_WAITING
    between: float = BETWEEN_LOOKS
    _waiting: int = 0
    _look: "asyncio.Task[Ends] | None" = None

    async def changed(self, places: Ends, seconds: float) -> bool | None:
        """Wait until a feed ends behind some places; False when that takes too long, None where too many wait."""
        if self._waiting >= self.most:
            return None
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                while not _behind(places, await self._next()):
                    pass
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    async def _next(self) -> Ends:
        """Give what the next look sees, which is one for all."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._later())
        # Whoever waits no longer takes the look from nobody.
        return await asyncio.shield(self._look)

    async def _later(self) -> Ends:
        await asyncio.sleep(self.between)
        return await self.ends()


def _behind(places: Ends, ends: Ends) -> bool:
    return any(place < end for place, end in zip(places, ends, strict=True))
