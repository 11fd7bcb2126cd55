"""The audit: proves that store and log say the same, bucket by bucket of streams, so that memory is bounded.

What a bucket comes to is noted when it ends. Whoever goes on in another process begins its bucket again.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from consumers.replay.audit_note import AuditNote
from consumers.replay.audit_pass import Pass
from consumers.replay.bucket import Bucket
from consumers.replay.holes import LogHole
from consumers.replay.log import WholeLog
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import EventReader, Feed, Parking, Progress

NAME = "audit"
"""What the note is called among the places of consumers."""

BUDGET = 64 * 2**20
"""So many bytes a bucket may take beside its longest stream; if one takes more, there are twice as many."""


@dataclass(slots=True)
class Audit:
    """Audits step by step. `margin` is how many seconds the publisher is given for what was just stored."""

    feed: Feed
    store: EventReader
    log: Callable[[], Awaitable[WholeLog]]
    parking: Parking
    progress: Progress
    margin: float
    clock: Callable[[], float] = time.monotonic
    budget: int = BUDGET
    _pass: Pass | None = field(default=None, init=False)
    _tag: str | None = field(default=None, init=False)

    async def begin(self) -> AuditNote:
        """Begin an audit, unless one goes on; returns its note."""
        while True:
            known = await self.progress.find(NAME)
            note = _read(known.position) if known else None
            if note is not None and note.phase == "running":
                return note
            begun = AuditNote(begun=timestamp(datetime.fromtimestamp(await self.feed.time(), UTC)))
            if await self._write(begun, known.tag if known else None):
                return begun

    async def note(self) -> AuditNote | None:
        """Read how far the last audit is; None when there was none."""
        noted = await self.progress.read(NAME)
        return _read(noted) if noted else None

    async def run(self, seconds: float) -> None:
        """Go on for a while with an audit that was begun. Raises as its sources do."""
        deadline = self.clock() + seconds
        more = True
        while more:
            more = await self._step(deadline)

    async def _step(self, deadline: float) -> bool:
        """Go on with the bucket of now; False when time is up or nothing goes on."""
        known = await self.progress.find(NAME)
        note = _read(known.position) if known else None
        if known is None or note is None or note.phase != "running":
            self._pass = None
            return False
        if self._pass is None or self._tag != known.tag:
            self._pass, self._tag = await self._new(note), known.tag
        going = self._pass

        def stops() -> bool:
            return self.clock() >= deadline or going.bucket.is_overfull(self.budget)

        try:
            is_done = await going.run(stops)
        except LogHole as hole:
            await self._write(note.model_copy(update={"stopped": str(hole)}), known.tag)
            return False
        if is_done:
            await self._write(_with(note, going), known.tag)
        elif going.bucket.is_overfull(self.budget):
            await self._write(note.split(), known.tag)
        return self.clock() < deadline

    async def _new(self, note: AuditNote) -> Pass:
        bucket = Bucket(note.ended, note.buckets)
        return Pass(self.feed, self.store, await self.log(), self.parking, self.margin, bucket)

    async def _write(self, note: AuditNote, replacing: str | None) -> bool:
        """Write a note in place of another; False when somebody else has written one."""
        return await self.progress.advance(NAME, note.model_dump_json(), replacing) is not None


def _read(noted: str) -> AuditNote:
    return AuditNote.model_validate_json(noted)


def _with(note: AuditNote, ended: Pass) -> AuditNote:
    found = note.model_copy(deep=True)
    found.ended += 1
    found.events += ended.bucket.events
    found.messages += ended.messages
    found.differences.merge(ended.differences)
    return found
