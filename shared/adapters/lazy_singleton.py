"""What a process makes once, when it is first asked for."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any


class Once[**P, T]:
    """Awaits `make` on the first call, and gives what it made on every later one.

    Calls that come meanwhile wait for the same, and one that gives up leaves it to the others. All of them see
    a failure; the next call begins anew.
    """

    def __init__(self, make: Callable[P, Coroutine[Any, Any, T]]) -> None:
        update_wrapper(self, make)
        self._make = make
        self.making: asyncio.Task[T] | None = None

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        making = self.making
        if making is None or (making.done() and (making.cancelled() or making.exception())):
            making = self.making = asyncio.create_task(self._make(*args, **kwargs))
        return making.result() if making.done() else await asyncio.shield(making)


def once[**P, T](make: Callable[P, Coroutine[Any, Any, T]]) -> Once[P, T]:
    """Make what a coroutine function gives once a process; see Once."""
    return Once(make)
