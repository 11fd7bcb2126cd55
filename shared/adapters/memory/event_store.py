"""The event store in memory."""

import time
from collections.abc import Callable, Sequence

from shared.adapters.cosmos.codec import LIMITS
from shared.kernel.errors import StoreRefused
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, Found, StoreLimits


class MemoryEventStore:
    """Keeps the commits of each stream by their first version, as the container does by their ids.

    `clock` gives the seconds of the store's own clock; `taken_at` says when it took what was `written`.
    """

    def __init__(
        self,
        *,
        unique_command_ids: bool = True,
        limits: StoreLimits = LIMITS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unique = unique_command_ids
        self._limits = limits
        self._streams: dict[str, dict[int, Commit]] = {}
        self.clock = clock
        self.written: list[Commit] = []
        self.taken_at: list[float] = []

    @property
    def unique_command_ids(self) -> bool:
        return self._unique

    @property
    def limits(self) -> StoreLimits:
        return self._limits

    async def read(self, stream: StreamName, after: int = 0, limit: int | None = None) -> Found:
        return Found([c for c in self._of(stream) if c.version > after][:limit])

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        commits = [c for c in self._of(stream) if through is None or c.version <= through]
        return Found(commits[-limit:])

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        found = [c for c in self._of(stream) if c.version > after or c.command_id in command_ids]
        return Found(found)

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        size = sum(map(self._limits.size_of, commits))
        if size > self._limits.bytes or len(commits) > self._limits.commits:
            raise StoreRefused(f"{len(commits)} commits of {size} bytes")
        stored = self._streams.setdefault(commits[0].stream, {})
        command_ids = {commit.command_id for commit in stored.values()}
        after = dict(stored)
        for commit in commits:
            if commit.first in after or (self._unique and commit.command_id in command_ids):
                return Collided()
            after[commit.first] = commit
            command_ids.add(commit.command_id)
        self._streams[commits[0].stream] = after
        self.written += commits
        self.taken_at += [self.clock()] * len(commits)
        return Appended()

    def _of(self, stream: StreamName) -> list[Commit]:
        commits = self._streams.get(str(stream), {}).values()
        return sorted(commits, key=lambda commit: commit.version)

    def commits(self) -> list[Commit]:
        """Everything that is stored, stream by stream."""
        return [commit for stream in self._streams.values() for commit in stream.values()]
