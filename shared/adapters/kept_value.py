"""What many ask for at once, made for all of them together and kept for a while."""

import asyncio
from collections.abc import Callable, Coroutine
from math import inf
from typing import Any


class KeptValue[T]:
    """Awaits `make` at most once in so many seconds, and gives everybody what it made; a failure is not kept."""

    def __init__(
        self,
        make: Callable[[], Coroutine[Any, Any, T]],
        seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._make = make
        self._seconds = seconds
        self._clock = clock
        self._making: asyncio.Task[T] | None = None
        self._until = -inf

    async def __call__(self) -> T:
        making, now = self._making, self._clock()
        if making is None or (making.done() and (now >= self._until or _failed(making))):
            making = self._making = asyncio.create_task(self._make())
            self._until = now + self._seconds
        return await asyncio.shield(making)


def _failed(making: asyncio.Task[Any]) -> bool:
    return making.cancelled() or making.exception() is not None
