"""Wakes who waits for something new in a container, so that a client that is idle need not ask again and again."""

import asyncio
from collections import defaultdict


class News:
    """The waits of all containers, by the containers' numbers."""

    def __init__(self) -> None:
        self._waits: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._has_ended = False

    async def wait(self, container: int, seconds: float) -> bool:
        """Wait until a container has changed; False when it has not, in so many seconds or until the end."""
        changed = asyncio.Event()
        waits = self._waits[container]
        waits.add(changed)
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return False
        finally:
            waits.discard(changed)
        return not self._has_ended

    def tell(self, container: int) -> None:
        """Wake who waits for a container."""
        for changed in self._waits.pop(container, ()):
            changed.set()

    def tell_all(self) -> None:
        """Wake everybody: containers have come or gone."""
        for container in list(self._waits):
            self.tell(container)

    def end(self) -> None:
        """Let nobody wait any longer."""
        self._has_ended = True
        self.tell_all()
