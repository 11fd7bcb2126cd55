"""The event store in memory."""

from collections.abc import Sequence

from shared.kernel.commit import Commit
from shared.kernel.ports import Appended, Collided
from shared.kernel.stream import StreamName


class MemoryEventStore:
    """Keeps the commits of each stream by their first version, as the container does by their ids."""

    def __init__(self) -> None:
        self._streams: dict[str, dict[int, Commit]] = {}

    async def read(
        self, stream: StreamName, after: int = 0, limit: int | None = None
    ) -> list[Commit]:
        commits = self._streams.get(str(stream), {}).values()
        newer = sorted((c for c in commits if c.version > after), key=lambda c: c.version)
        return newer[:limit]

    async def find(
        self, stream: StreamName, after: int, command_ids: Sequence[str]
    ) -> list[Commit]:
        commits = self._streams.get(str(stream), {}).values()
        found = (c for c in commits if c.version > after or c.command_id in command_ids)
        return sorted(found, key=lambda c: c.version)

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        stored = self._streams.setdefault(commits[0].stream, {})
        command_ids = {commit.command_id for commit in stored.values()}
        after = dict(stored)
        for commit in commits:
            if commit.first in after or commit.command_id in command_ids:
                return Collided()
            after[commit.first] = commit
            command_ids.add(commit.command_id)
        self._streams[commits[0].stream] = after
        return Appended()

    def commits(self) -> list[Commit]:
        """Everything that is stored, stream by stream."""
        return [commit for stream in self._streams.values() for commit in stream.values()]
