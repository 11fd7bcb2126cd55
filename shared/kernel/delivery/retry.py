"""Retry: what may go well later is tried again, a few times."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.kernel.errors import may_pass

type Pause = Callable[[int], Awaitable[None]]
"""Waits before the nth new attempt."""

ATTEMPTS = 5
MOST = 12
"""So often a batch tries one piece of its work, if its time allows."""


async def retrying[T, **P](
    pause: Pause, work: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do a piece of work that may be done twice; raises what cannot pass, and what the last try raised."""
    return await _try(pause, lambda attempt: attempt < ATTEMPTS, work, *args, **kwargs)


async def _try[T, **P](
    pause: Pause,
    goes_on: Callable[[int], bool],
    work: Callable[P, Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    attempt = 0
    while True:
        attempt += 1
        try:
            return await work(*args, **kwargs)
        except Exception as error:
            if not may_pass(error) or not goes_on(attempt):
                raise
        await pause(attempt)


@dataclass(slots=True)
class Attempts:
    """What one batch is given: so many seconds in which what may pass is tried again.

    `done` names what of the batch is done: when the batch comes again, that is not done again.
    """

    pause: Pause
    seconds: float
    done: set[str] = field(default_factory=set)
    _end: float = 0.0

    def begin(self) -> None:
        """Let the time run."""
        self._end = asyncio.get_running_loop().time() + self.seconds

    async def trying[T, **P](
        self, work: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do a piece of work that may be done twice; raises what cannot pass, and what the last try raised."""
        return await _try(self.pause, self._goes_on, work, *args, **kwargs)

    def _goes_on(self, attempt: int) -> bool:
        return attempt < MOST and asyncio.get_running_loop().time() < self._end


def one_attempt() -> Attempts:
    """Give what is tried once, and so never waits: whoever asks comes again by itself."""
    return Attempts(asyncio.sleep, 0.0)
