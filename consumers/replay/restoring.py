"""The store is gone: its commits are restored from the log, stream by stream, into a container that may be empty.

Whatever is there already is left alone, so it may be begun again. What cannot be restored is named.
"""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import batched

from consumers.replay.holes import LogHole
from consumers.replay.log import Part, Place, WholeLog
from consumers.stored_events import event_in
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import Envelope
from shared.kernel.messages.restored_commits import Missing, restored
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Collided, EventStore

PAGE = 1_000
"""So many messages are restored together."""

AT_ONCE = 32
"""So many streams are written side by side."""

MOST_HELD = 100_000
"""So many events may wait for one that comes before them."""

MOST_KNOWN = 200_000
"""Of so many streams it is remembered how far they are restored; of others the store is asked."""


@dataclass(slots=True)
class Restored:
    """What was restored of a partition, and the streams that are not whole, each from a version on."""

    commits: int = 0
    unreadable: int = 0
    missing: list[Missing] = field(default_factory=list)


@dataclass(slots=True)
class Restoring:
    """Restores one partition of the log after another into a store."""

    log: WholeLog
    store: EventStore
    page: int = PAGE
    _known: dict[str, int] = field(default_factory=dict)
    _held: dict[str, dict[int, Envelope]] = field(default_factory=dict)

    async def partition(self, number: int) -> Restored:
        """Restore all that a partition has ever held. Raises LogHole, and as log, archive and store do."""
        found, page, size = Restored(), list[Part](), 0
        async with aclosing(self.log.read(number, Place())) as parts:
            async for part in parts:
                page.append(part)
                size += len(part.messages)
                if size >= self.page:
                    await self._page(page, found)
                    page, size = [], 0
        await self._page(page, found)
        for stream, events in self._held.items():
            _, missing = restored(stream, events.values(), self._known.get(stream, 0))
            found.missing += [missing] if missing is not None else []
        self._held.clear()
        return found

    async def _page(self, page: Sequence[Part], found: Restored) -> None:
        arrived: dict[str, dict[int, Envelope]] = {}
        for message in (one for part in page for one in part.messages):
            try:
                one = event_in(message.body)
            except InvalidMessage:
                found.unreadable += 1
                continue
            if one.stream not in arrived:
                arrived[one.stream] = self._held.pop(one.stream, {})
            known = arrived[one.stream].setdefault(one.version, one.content)
            if known.digest is None:
                arrived[one.stream][one.version] = one.content
        for some in batched(arrived.items(), AT_ONCE, strict=False):
            written, errors = await side_by_side(self._stream(*one) for one in some)
            if errors:
                raise BaseExceptionGroup("not every stream was restored", errors)
            found.commits += sum(written)
        if sum(map(len, self._held.values())) > MOST_HELD:
            first = next(iter(self._held))
            raise LogHole(f"{len(self._held)} streams wait for what comes before, such as {first}")

    async def _stream(self, stream: str, arrived: dict[int, Envelope]) -> int:
        """Write what is whole of a stream, and hold the rest back; returns how many commits were written."""
        after = self._known.get(stream)
        if after is None:
            begun, _ = restored(stream, arrived.values())
            after = 0 if begun else await self._stored(stream, arrived)
        total, is_done = 0, False
        while not is_done:
            commits, _ = restored(stream, arrived.values(), after)
            written = await self._write(commits)
            total += written
            after = commits[written - 1].version if written else after
            is_done = written == len(commits)
            if not is_done:
                after = await self._behind(stream, arrived, after)
        self._remember(stream, after)
        rest = {version: one for version, one in arrived.items() if version > after}
        if rest:
            self._held[stream] = rest
        return total

    async def _write(self, commits: Sequence[Commit]) -> int:
        """Append commits up to the first write that collides; returns how many were appended."""
        written = 0
        for batch in _batches(commits, self.store):
            if isinstance(await self.store.append(batch), Collided):
                break
            written += len(batch)
        return written

    async def _behind(self, stream: str, arrived: Mapping[int, Envelope], after: int) -> int:
        """Give the version behind which a stream is still to be restored; raises LogHole if it is the same."""
        stored = await self._stored(stream, arrived)
        if stored <= after:
            raise _another(stream, after)
        return stored

    async def _stored(self, stream: str, arrived: Mapping[int, Envelope]) -> int:
        """Give the last version that is stored; raises LogHole if no commit of the log ends there."""
        found = await self.store.tail(StreamName.parse(stream), 1)
        if not found.commits:
            return 0
        last = found.commits[-1]
        same, following = arrived.get(last.version), arrived.get(last.version + 1)
        is_other = same is not None and same.causationid != last.command_id
        if is_other or (following is not None and following.causationid == last.command_id):
            raise _another(stream, last.version)
        return last.version

    def _remember(self, stream: str, version: int) -> None:
        self._known.pop(stream, None)
        self._known[stream] = version
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]


def _another(stream: str, version: int) -> LogHole:
    return LogHole(f"the store has another commit of {stream} at version {version} than the log")


def _batches(commits: Sequence[Commit], store: EventStore) -> list[list[Commit]]:
    """Cut commits into as few writes as hold them."""
    limits = store.limits
    batches: list[list[Commit]] = []
    size = 0
    for commit in commits:
        own = limits.size_of(commit)
        if not batches or len(batches[-1]) == limits.commits or size + own > limits.bytes:
            batches.append([])
            size = 0
        batches[-1].append(commit)
        size += own
    return batches
