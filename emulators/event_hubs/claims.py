"""What the tokens of a connection open, and until when."""

import asyncio
import time
from urllib.parse import urlsplit

from emulators.event_hubs.refusals import UNAUTHORIZED, RefusedError

type Path = tuple[str, ...]
"""The segments of an address in lower case; a token for a path opens everything below it."""

WITHOUT_END = float("inf")


def path_of(address: str) -> Path:
    """Return the path of an audience or an address."""
    return tuple(part for part in urlsplit(address).path.lower().split("/") if part)


class Claims:
    """The paths that are open, each until its token ends (seconds since 1970)."""

    def __init__(self) -> None:
        self._until: dict[Path, float] = {}
        self._changed = asyncio.Event()

    def add(self, path: Path, until: float) -> None:
        """Open a path; a newer token for it takes the place of the older one."""
        self._until[path] = until
        self._changed.set()

    def open(self, path: Path) -> bool:
        """Tell whether a token that has not ended opens a path."""
        now = time.time()
        return any(
            until > now and path[: len(claimed)] == claimed
            for claimed, until in self._until.items()
        )

    def check(self, path: Path) -> None:
        """Raises RefusedError when no token opens a path."""
        if not self.open(path):
            raise RefusedError(
                UNAUTHORIZED,
                f"Unauthorized access. No token of this connection opens '{'/'.join(path)}'.",
            )

    async def ended(self) -> None:
        """Wait until the next token ends."""
        while True:
            self._changed.clear()
            left = min(self._until.values(), default=WITHOUT_END) - time.time()
            if left <= 0:
                now = time.time()
                self._until = {path: end for path, end in self._until.items() if end > now}
                return
            try:
                async with asyncio.timeout(None if left == WITHOUT_END else left):
                    await self._changed.wait()
            except TimeoutError:
                continue
