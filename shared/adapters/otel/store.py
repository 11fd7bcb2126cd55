"""The store under watch: writes as spans, collisions and request units as numbers."""

from collections.abc import Sequence

from shared.adapters.otel.metric_names import BATCH, CHARGE, CONFLICTS
from shared.adapters.otel.watcher import Watcher
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, EventStore, Found, StoreLimits


class WatchedStore:
    """The store, and what is seen of its work."""

    def __init__(self, store: EventStore, watcher: Watcher) -> None:
        self._store = store
        self._watcher = watcher

    @property
    def unique_command_ids(self) -> bool:
        return self._store.unique_command_ids

    @property
    def limits(self) -> StoreLimits:
        return self._store.limits

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        return self._charged("read", await self._store.read(stream, after, limit=limit))

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        return self._charged("tail", await self._store.tail(stream, limit, through))

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        return self._charged("find", await self._store.find(stream, after, command_ids))

    async def kept(self, stream: StreamName) -> KeptState | None:
        return await self._store.kept(stream)

    async def keep(self, state: KeptState) -> None:
        await self._store.keep(state)

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        """Write, in the trace of the first command, with links to those that are written with it."""
        about: dict[str, str | int] = {
            "onewrite.stream": commits[0].stream,
            "onewrite.version": commits[-1].version,
            "onewrite.batch_size": len(commits),
        }
        traceparents = [commit.metadata.traceparent for commit in commits]
        self._watcher.record(BATCH, len(commits), {"stage": "commit"})
        with self._watcher.within("commit", traceparents, about) as span:
            written = self._charged("append", await self._store.append(commits))
            if isinstance(written, Collided):
                span.set_attribute("onewrite.outcome", "collided")
                self._watcher.add(CONFLICTS, 1, {})
            return written

    def _charged[T: (Found, Appended | Collided)](self, operation: str, done: T) -> T:
        self._watcher.add(CHARGE, done.charge, {"operation": operation})
        return done
