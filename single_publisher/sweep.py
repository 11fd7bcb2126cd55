"""The sweep: the slow check behind the publisher that proves delivery, and mends it.

What was written some minutes ago must be in the rows by now; what is not is sent to the log again, and looked at
until it is.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from pydantic_core import to_json

from shared.adapters.cosmos.codec import from_item
from shared.adapters.names import SINGLE_PUBLISHER
from shared.kernel.delivery.feed_places import reached
from shared.kernel.delivery.operator_decisions import skips
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.delivery.sweep_note import NAME, Again, SweepNote, read_note
from shared.kernel.errors import InvalidMessage, Poison
from shared.kernel.messages.commit import Commit, timestamp
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Feed, Parking, Progress
from single_publisher.publish import Publisher
from single_publisher.sweep_witness import Witness

AT_ONCE = 16
"""So many pages are proven side by side, and so many streams sent again."""
ASKED_AT_ONCE = 100
"""So many streams are asked about in one request."""
MOST_AGAIN = 1_000
"""So many streams may be sent and not seen yet; behind more than that nothing new is looked at."""
MOST_HELD = 5_000
"""So many streams fit into the note, which is one item; a range waits in front of what it has no room for."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has seen: commits that it proved, streams that it had to mend, what may go well later."""

    proven: int
    mended: Sequence[str]
    errors: Sequence[BaseException] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Goes over the feed from its own place, as far as `age` behind the present by the clock of the store."""

    feed: Feed
    progress: Progress
    witness: Witness
    parking: Parking
    publisher: Publisher
    consumers: Sequence[str]
    now: Callable[[], datetime]
    age: timedelta

    async def run(self, seconds: float) -> Swept:
        """Sweeps all ranges side by side for a while, each for one page at least; raises as progress and feed do.

        The place is kept after every page, so the next run goes on there. What fails in one range ends no other.
        """
        note = await read_note(self.progress)
        places = await reached(self.feed, note.places)
        note.places = {one: place for one, place in places.items() if place is not None}
        run = _Run(self, note, time.monotonic() + seconds)
        _, unseen = await side_by_side([run.look_again()])
        _, errors = await side_by_side(map(run.over, places))
        return Swept(run.proven, run.mended, unseen + errors)


@dataclass(slots=True)
class _Run:
    """One run of the sweep, and what it has noted so far."""

    sweep: Sweep
    note: SweepNote
    deadline: float
    proven: int = 0
    mended: list[str] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    # First come, first served: so every range has its share of the time.
    pages: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    sends: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def over(self, stretch: str) -> None:
        """Proves page after page of a stretch, one even when time is up."""
        more = True
        while more:
            async with self.pages:
                more = await self._page(stretch) and time.monotonic() < self.deadline

    async def look_again(self) -> None:
        """Proves what was sent again some time ago: the log may have lost that, too."""
        waiting = [one for one in self.note.again if not self._is_recent(one)]
        for streams in batched(waiting, ASKED_AT_ONCE, strict=False):
            held = await self.sweep.parking.held(SINGLE_PUBLISHER, streams)
            # What still waits for the publisher's operator is neither read nor looked for: there may be thousands.
            wanted = [one for one in streams if one not in held or self.note.again[one].sent]
            await self._prove(await self._stored(wanted))
        if waiting:
            await self._keep()

    async def _page(self, stretch: str) -> bool:
        """Prove the next page as far as it is old enough; False at its end."""
        feed, age = self.sweep.feed, self.sweep.age.total_seconds()
        if sum(bool(one.sent) for one in self.note.again.values()) >= MOST_AGAIN:
            return False
        place = self.note.places.get(stretch)
        page = await feed.read(stretch, place)
        old = sum(one >= age for one in page.ages)
        if 0 < old < len(page.items):
            # A place lies between pages: what is young must not keep the old waiting beside it.
            page = await feed.read(stretch, place, limit=old)
        if not page.items or page.position is None or min(page.ages) < age:
            return False
        commits, unread = _last(page.items)
        if unread:
            # Whom the trigger has not brought it has parked nothing: and nobody would be told of it.
            await self.sweep.publisher.publish(to_json(unread).decode())
        await self._prove(commits)
        if not self.forgotten.isdisjoint(commits):
            await self._keep()
            return False
        self.proven += len(page.items)
        self.note.places[stretch] = page.position
        await self._keep()
        return True

    async def _keep(self) -> None:
        await self.sweep.progress.write(NAME, self.note.model_dump_json())

    async def _stored(self, streams: Sequence[str]) -> dict[str, Commit]:
        """Read the commits that were sent again; one that cannot be read is the publisher's to park."""
        store = self.sweep.publisher.store

        async def read(stream: str) -> Commit | None:
            async with self.sends:
                after = self.note.again[stream].version - 1
                try:
                    found = await store.read(StreamName.parse(stream), after, limit=1)
                except InvalidMessage:
                    return None
            return found.commits[0] if found.commits else None

        read_all, errors = await side_by_side(map(read, streams))
        if errors:
            raise BaseExceptionGroup("not everything could be looked at again", errors)
        found = {one.stream: one for one in read_all if one is not None}
        for stream in streams:
            if stream not in found:
                # Nobody can see what cannot be sent any more.
                self.note.again[stream] = self.note.again[stream].model_copy(update={"sent": ""})
        return found

    async def _prove(self, commits: Mapping[str, Commit]) -> None:
        """Compare the last commits of streams with the rows, and send again what these have not seen."""
        seen = await self.sweep.witness.seen(list(commits.values()))
        lacking = [one for one in commits.values() if seen[one.stream] < one.version]
        for stream in commits.keys() - {one.stream for one in lacking}:
            if stream in self.note.again and self.note.again[stream].version <= seen[stream]:
                del self.note.again[stream]
        parked = await self._parked([one.stream for one in lacking])
        mends = (self._mend(one, seen[one.stream] + 1, parked[one.stream]) for one in lacking)
        mended, errors = await side_by_side(mends)
        self.mended += [one.stream for one, did in zip(lacking, mended, strict=False) if did]
        if errors:
            raise BaseExceptionGroup("not everything was mended", errors)

    async def _mend(self, commit: Commit, version: int, parked: Sequence[str]) -> bool:
        """Send a stream again from a version on, unless that was done just now, or it waits for an operator.

        What only newer code can look for is sent once, and noted for that code.
        """
        stream, publisher = commit.stream, self.sweep.publisher
        async with self.sends:
            # Who releases it for others reads it from the store; and nobody is to see what is passed over.
            if (parked and SINGLE_PUBLISHER not in parked) or await self._is_skipped(
                commit, version
            ):
                self.note.again.pop(stream, None)
                return False
            noted, recent = self.note.again.get(stream), self._is_recent(stream)
            category = StreamName.parse(stream).category
            waits = recent or (noted is not None and not self.sweep.witness.knows(category))
            sent = noted.sent if noted and recent else ""
            if not parked and not waits:
                try:
                    await publisher.replay(StreamName.parse(stream), version)
                except Poison as poison:
                    await publisher.park(poison)
                else:
                    sent = timestamp(self.sweep.now())
            self._remember(stream, Again(version=commit.version, sent=sent))
            return not parked and not waits

    def _remember(self, stream: str, again: Again) -> None:
        if stream in self.note.again or len(self.note.again) < MOST_HELD:
            self.note.again[stream] = again
        else:
            self.forgotten.add(stream)

    async def _parked(self, streams: Sequence[str]) -> dict[str, list[str]]:
        """Tell for which consumers each of some streams is parked."""
        parked: dict[str, list[str]] = {stream: [] for stream in streams}
        for some in batched(streams, ASKED_AT_ONCE, strict=False):
            for consumer in self.sweep.consumers:
                for stream in await self.sweep.parking.held(consumer, some):
                    parked[stream].append(consumer)
        return parked

    async def _is_skipped(self, commit: Commit, version: int) -> bool:
        """Tell whether operators have passed over all from a version on, for whoever keeps rows behind."""
        lacking = set(range(version, commit.version + 1))
        for consumer in self.sweep.consumers:
            lacking -= (await skips(self.sweep.parking, consumer, commit.stream)).keys()
        return not lacking

    def _is_recent(self, stream: str) -> bool:
        """Tell whether a stream was sent again so lately that nobody need have seen it."""
        if stream not in self.note.again:
            return False
        now = self.sweep.now()
        # A time that is still to come is that of a host whose clock is wrong.
        return timestamp(now - self.sweep.age) < self.note.again[stream].sent <= timestamp(now)


def _last(
    items: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, Commit], list[Mapping[str, Any]]]:
    """Give the last commit of each stream on a page, and what is none: that is the publisher's to park."""
    commits: dict[str, Commit] = {}
    unread: list[Mapping[str, Any]] = []
    for item in items:
        try:
            commit = from_item(item)
            StreamName.parse(commit.stream)
        except InvalidMessage:
            unread.append(item)
            continue
        known = commits.get(commit.stream)
        if known is None or known.version < commit.version:
            commits[commit.stream] = commit
    return commits, unread
