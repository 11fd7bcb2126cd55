"""The event store in memory."""

import time
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import attrgetter

from shared.adapters.cosmos.codec import LIMITS
from shared.kernel.errors import StoreRefused
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, Found, StoreLimits

_BY_VERSION = attrgetter("version")


class _Stream:
    """The commits of a stream in the order of their versions, and what is taken once: first versions and ids."""

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self.firsts: set[int] = set()
        self.command_ids: set[str] = set()


class MemoryEventStore:
    """Keeps the commits of each stream, each first version taken once, as the container does by its ids.

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
        self._streams: defaultdict[str, _Stream] = defaultdict(_Stream)
        self.clock = clock
        self._kept: dict[str, KeptState] = {}
        self.written: list[Commit] = []
        self.taken_at: list[float] = []

    @property
    def unique_command_ids(self) -> bool:
        return self._unique

    @property
    def limits(self) -> StoreLimits:
        return self._limits

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        found = [c for c in self._of(stream) if c.version > after]
        return Found(found[:limit], more=len(found) > limit)

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        commits = self._of(stream)
        if through is not None:
            commits = [commit for commit in commits if commit.version <= through]
        return Found(commits[-limit:])

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        found = [c for c in self._of(stream) if c.version > after or c.command_id in command_ids]
        return Found(found)

    async def kept(self, stream: StreamName) -> KeptState | None:
        return self._kept.get(str(stream))

    async def keep(self, state: KeptState) -> None:
        self._kept[state.stream] = state

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        size = sum(map(self._limits.size_of, commits))
        if size > self._limits.bytes or len(commits) > self._limits.commits:
            raise StoreRefused(f"{len(commits)} commits of {size} bytes")
        stream = self._streams[commits[0].stream]
        firsts = {commit.first for commit in commits}
        command_ids = {commit.command_id for commit in commits}
        if len(firsts) < len(commits) or not firsts.isdisjoint(stream.firsts):
            return Collided()
        repeated = len(command_ids) < len(commits) or not command_ids.isdisjoint(stream.command_ids)
        if self._unique and repeated:
            return Collided()
        stream.firsts |= firsts
        stream.command_ids |= command_ids
        for commit in commits:
            insort(stream.commits, commit, key=_BY_VERSION)
        self.written += commits
        self.taken_at += [self.clock()] * len(commits)
        return Appended()

    def _of(self, stream: StreamName) -> list[Commit]:
        found = self._streams.get(str(stream))
        return [] if found is None else found.commits

    def commits(self) -> list[Commit]:
        """Everything that is stored, stream by stream."""
        return [commit for stream in self._streams.values() for commit in stream.commits]
