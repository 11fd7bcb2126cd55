"""All orders in which several who work at once can come to what they share: one call is let through at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextvars import ContextVar
from typing import Any

_WHO: ContextVar[int] = ContextVar("who")
TURNS = 12
"""So often everybody may go on before all of them must stand at a call, or be done."""

type Choose = Callable[[Sequence[int]], int]
"""Chooses who comes next, of those who stand at a call."""


class Gate:
    """Holds back every call of those who work, and lets one through at a time."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[asyncio.Future[None]]] = {}

    async def pass_through(self) -> None:
        """Wait to be let through; whoever is not among those who work passes."""
        who = _WHO.get(-1)
        if who >= 0:
            future = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(who, []).append(future)
            await future

    async def run(self, work: Sequence[Callable[[], Awaitable[Any]]], choose: Choose) -> list[Any]:
        """Let all work, and give what came of each."""
        tasks = [asyncio.create_task(_as(who, one)) for who, one in enumerate(work)]
        while True:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            ready = sorted(who for who, futures in self._waiting.items() if futures)
            if not ready:
                return [await task for task in tasks]
            self._waiting[choose(ready)].pop(0).set_result(None)


class Order:
    """An order of choices: what is planned first, then whoever comes first; and where it could go otherwise."""

    def __init__(self, planned: Sequence[int] = ()) -> None:
        self._planned = planned
        self._taken: list[int] = []
        self._others: list[Sequence[int]] = []

    def choose(self, ready: Sequence[int]) -> int:
        """Choose as planned; those behind whoever is chosen have their turn in another order."""
        at = len(self._taken)
        chosen = self._planned[at] if at < len(self._planned) else ready[0]
        self._taken.append(chosen)
        self._others.append([who for who in ready if who > chosen])
        return chosen

    def next(self) -> "Order | None":
        """Give the next order; None behind the last."""
        for at in reversed(range(len(self._taken))):
            if self._others[at]:
                return Order([*self._taken[:at], self._others[at][0]])
        return None


async def every_order[T](run: Callable[[Choose], Awaitable[T]]) -> AsyncIterator[T]:
    """Run once in every order, and give what came of each."""
    order: Order | None = Order()
    while order is not None:
        yield await run(order.choose)
        order = order.next()


async def _as(who: int, work: Callable[[], Awaitable[Any]]) -> Any:
    _WHO.set(who)
    return await work()
