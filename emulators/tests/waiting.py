"""Waits for a condition: a test never takes a time for granted, and one that hangs says what it last saw."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from emulators.tests.machine import limit

PAUSE: Final = 0.05


async def until[T](
    ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool] = bool, pause: float = PAUSE
) -> T:
    """Asks until the answer is what is wanted, and returns it; raises AssertionError at the limit."""
    ends = time.monotonic() + limit()
    while not wanted(answer := await ask()):
        assert time.monotonic() < ends, f"after {limit():.0f} s the answer is still {answer!r}"
        await asyncio.sleep(pause)
    return answer


async def until_true(condition: Callable[[], bool], pause: float = PAUSE) -> None:
    """Waits until a condition holds; raises AssertionError at the limit."""

    async def ask() -> bool:
        return condition()

    await until(ask, pause=pause)


def in_time() -> asyncio.Timeout:
    """Returns a context for a wait that somebody else ends: TimeoutError at the limit."""
    return asyncio.timeout(limit())
