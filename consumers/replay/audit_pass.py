"""One pass of the audit, for one bucket of streams: first the store is read, then the log behind it.

The log ends for it where the hub ends once the store is read: it must hold all that was stored long enough before.
What it holds besides, the store is asked for: there everything comes first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from consumers.delivery import Arrival
from consumers.replay.audit_note import (
    HELD_BACK,
    NO_EVENT,
    NOT_STORED,
    NOT_TOLD,
    NOWHERE,
    OUT_OF_ORDER,
    UNREADABLE,
    Difference,
    Differences,
)
from consumers.replay.bucket import Bucket, fingerprint
from consumers.replay.log import Place, WholeLog
from consumers.stored_events import event_in
from shared.adapters.cosmos.codec import from_item, place_of
from shared.adapters.names import SINGLE_PUBLISHER
from shared.kernel.delivery.feed_places import reached
from shared.kernel.delivery.operator_decisions import skips
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.errors import InvalidMessage, UnreadableCommit
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.differing import differing
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import EventReader, Feed, FeedPage, NumberedMessage, Parking

AT_ONCE = 32
"""So many streams are asked for side by side."""

type Told = Arrival[Envelope]


@dataclass(slots=True)
class Pass:
    """Reads store and log once. `margin` is how many seconds the publisher is given for what was just stored."""

    feed: Feed
    store: EventReader
    log: WholeLog
    parking: Parking
    margin: float
    bucket: Bucket
    differences: Differences = field(default_factory=Differences)
    messages: int = 0
    _stored: dict[str, str | None] = field(default_factory=dict)
    _ends: list[int] | None = None
    _places: dict[int, Place] = field(default_factory=dict)

    async def run(self, stops: Callable[[], bool]) -> bool:
        """Go on until all is compared; False if it stops before. Raises LogHole, and as its sources do."""
        if self._ends is None and not await self._read_store(stops):
            return False
        if not await self._read_log(stops):
            return False
        await self._end()
        return True

    async def _read_store(self, stops: Callable[[], bool]) -> bool:
        for stretch, place in (await reached(self.feed, self._stored)).items():
            more, position = True, place
            while more:
                page = await self.feed.read(stretch, position)
                position, more = page.position, self._keep(page)
                self._stored[stretch] = position
                if stops():
                    return False
        self._ends = [last for _, last in await self.log.hub.extents()]
        return True

    def _keep(self, page: FeedPage) -> bool:
        """Keep what is due of a page; False when nothing more can be."""
        due = [one for one, age in zip(page.items, page.ages, strict=True) if age >= self.margin]
        for item in due:
            if not self.bucket.holds(str(item.get("stream"))):
                continue
            try:
                commit = from_item(item)
                StreamName.parse(commit.stream)
            except InvalidMessage:
                self.differences.add([_unreadable(item)])
            else:
                self.bucket.keep(commit, due=True)
        return bool(due)

    async def _read_log(self, stops: Callable[[], bool]) -> bool:
        for partition, end in enumerate(self._ends or ()):
            place = self._places.get(partition, Place())
            if place.number >= end:
                continue
            async with aclosing(self.log.read(partition, place)) as parts:
                async for part in parts:
                    await self._compare(partition, part.messages)
                    self._places[partition] = part.place
                    if part.place.number >= end:
                        break
                    if stops():
                        return False
        return True

    async def _compare(self, partition: int, messages: Sequence[NumberedMessage]) -> None:
        """Compare messages with the store. What is asked of it is asked first: it may fail."""
        told: list[Told] = []
        others: dict[str, list[Told]] = {}
        found: list[Difference] = []
        for message in messages:
            try:
                one = event_in(message.body)
            except InvalidMessage:
                if self.bucket.number == 0:
                    place = f"partition {partition}"
                    found.append(Difference(stream=place, version=message.number, what=NO_EVENT))
                continue
            if self.bucket.holds(one.stream):
                told.append(one)
                if not self.bucket.matches(one.stream, one.version, fingerprint(message.body)):
                    others.setdefault(one.stream, []).append(one)
        for some in batched(others.items(), AT_ONCE, strict=False):
            compared, errors = await side_by_side(self._ask(*one) for one in some)
            if errors:
                raise BaseExceptionGroup("not every stream was compared", errors)
            found += [one for differences in compared for one in differences]
        found += [_of(one, OUT_OF_ORDER) for one in told if not self._hear(one)]
        self.messages += len(told)
        self.differences.add(found)

    def _hear(self, one: Told) -> bool:
        return self.bucket.hear(one.stream, one.version)

    async def _ask(self, stream: str, told: Sequence[Told]) -> list[Difference]:
        """Compare messages of a stream with what the store has now, and keep it."""
        found: list[Difference] = []
        commit: Commit | None = None
        for one in told:
            if commit is None or not commit.first <= one.version <= commit.version:
                commit = await self._stored_at(stream, one.version)
            if commit is None:
                found.append(_of(one, NOT_STORED))
                continue
            self.bucket.keep(commit, due=False)
            stored = next(e for e in envelopes(commit) if e.sequence == one.version)
            if names := differing(one.content, stored):
                found.append(_of(one, f"the log tells it otherwise: {', '.join(names)}"))
        return found

    async def _stored_at(self, stream: str, version: int) -> Commit | None:
        try:
            found = await self.store.read(StreamName.parse(stream), version - 1, limit=1)
        except UnreadableCommit:
            return None
        return next((one for one in found.commits if one.first <= version), None)

    async def _end(self) -> None:
        """Name what the log has not told, but for what operators have passed over.

        All of it or nothing: what fails here is done again.
        """
        found = Differences()
        for some in batched(self.bucket.unheard(), AT_ONCE, strict=False):
            held = await self.parking.held(SINGLE_PUBLISHER, [stream for stream, _ in some])
            decided, errors = await side_by_side(
                skips(self.parking, SINGLE_PUBLISHER, stream) for stream, _ in some
            )
            if errors:
                raise BaseExceptionGroup("not every stream was looked at", errors)
            for (stream, versions), skipped in zip(some, decided, strict=True):
                wanted = [one for one in versions if one[0] not in skipped]
                found.add(_untold(stream, wanted, held.get(stream)))
        self.differences.merge(found)


def _untold(
    stream: str, versions: Iterable[tuple[int, bool]], held: int | None
) -> Iterable[Difference]:
    for version, is_stored in versions:
        what = HELD_BACK if held is not None and version >= held else NOT_TOLD
        yield Difference(stream=stream, version=version, what=what if is_stored else NOWHERE)


def _of(one: Told, what: str) -> Difference:
    return Difference(stream=one.stream, version=one.version, what=what)


def _unreadable(item: Mapping[str, Any]) -> Difference:
    return Difference(stream=str(item.get("stream")), version=place_of(item), what=UNREADABLE)
