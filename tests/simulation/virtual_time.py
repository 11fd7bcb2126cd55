"""An event loop whose time is a number: nothing is waited for, and one seed gives one order of events."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _NoSelector(selectors.SelectSelector):
    """Lets time pass instead of waiting for sockets."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        self.loop.passed += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs what is ready; when nothing is, jumps to the next moment at which something will be."""

    def __init__(self) -> None:
        self.passed = 0.0
        selector = _NoSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.passed


def run[T](main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time; whatever it leaves behind is cancelled."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
