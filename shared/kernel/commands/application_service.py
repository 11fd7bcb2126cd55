"""The application service: load, fold, decide, append; `command -> event*` with optimistic concurrency.

Commands that wait for one stream are decided one after another and written together; each gets its own outcome.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.kernel.commands.batch import Batch, Repeat, Verdict, decide_batch
from shared.kernel.commands.category import Category
from shared.kernel.commands.command_batcher import CommandBatcher, Waiting
from shared.kernel.commands.loading import Loaded, fold, load
from shared.kernel.commands.outcome import Accepted, Outcome
from shared.kernel.commands.request import CommandRequest
from shared.kernel.commands.state_cache import StateCache
from shared.kernel.errors import CommandIdReused, Conflict, OutcomeUnknown, StoreError, StoreRefused
from shared.kernel.messages.commit import Commit, KeptState, timestamp
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided, EventStore, Found


class ApplicationService:
    """Handles the commands of one category; `now` dates decisions, `pause` waits before the nth new attempt."""

    def __init__(
        self,
        category: Category,
        store: EventStore,
        now: Callable[[], datetime],
        pause: Callable[[int], Awaitable[None]],
        attempts: int = 10,
    ) -> None:
        self._category = category
        self._store = store
        self._now = now
        self._pause = pause
        self._attempts = attempts
        self._cache = StateCache()
        self._keeping: set[asyncio.Task[None]] = set()
        self._batcher = CommandBatcher(self._decide)

    def handle(self, request: CommandRequest) -> Coroutine[Any, Any, Outcome]:
        """Decide a command and make its one write.

        Raises Conflict when others were faster in every attempt, CommandIdReused, EventTooLarge, and what the
        store raises.
        """
        return self._batcher.put(request)

    async def _decide(self, stream: StreamName, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Load, fold, decide, append; answers what can be, and gives back what must be decided again."""
        # Whatever goes wrong from here on, a state is kept only when it has been proven again.
        loaded = self._cache.take(stream)
        if loaded is None:
            start, commits, charge = await load(self._category, self._store, stream)
            loaded = fold(self._category, start, commits)
            _share(charge, waiting)
        if not self._store.unique_command_ids:
            loaded, waiting = await self._without_repeats(stream, loaded, waiting)
        requests = [one.request for one in _together(waiting)]
        time = timestamp(self._now())
        batch = decide_batch(self._category, self._store.limits, loaded, requests, time)
        taken, rest = waiting[: len(batch.verdicts)], waiting[len(batch.verdicts) :]
        try:
            written = await self._append(stream, batch, taken) if batch.commits else None
        except StoreRefused as error:
            return (*_apart(taken, error), *rest)
        return (*await self._answer(stream, loaded, batch, taken, written), *rest)

    async def _answer(
        self,
        stream: StreamName,
        loaded: Loaded,
        batch: Batch,
        taken: Sequence[Waiting],
        written: Appended | Collided | None,
    ) -> Sequence[Waiting]:
        """Answer what the write has settled, and ask about the rest."""
        is_written = isinstance(written, Appended)
        if is_written and batch.keep is not None:
            self._keep(batch.keep)
        base = batch.after if is_written else loaded
        open_: list[tuple[Waiting, Verdict]] = []
        for one, verdict in zip(taken, batch.verdicts, strict=True):
            if is_written and isinstance(verdict, (Commit, Repeat)):
                one.tell(_accepted(one, verdict))
            elif isinstance(verdict, Exception):
                one.tell(verdict)
            else:
                open_.append((one, verdict))
        if not open_:
            self._cache.put(stream, base)
            return ()
        return await self._confirm(stream, base, open_, written)

    async def _confirm(
        self,
        stream: StreamName,
        base: Loaded,
        open_: Sequence[tuple[Waiting, Verdict]],
        written: Appended | Collided | None,
    ) -> Sequence[Waiting]:
        """Ask what is stored by now: a collision is a question, and a refusal proves nothing."""
        waiting = [one for one, _ in open_]
        try:
            found = await self._find(stream, base, waiting)
        except StoreError as error:
            if isinstance(written, Collided):
                # With our own write, perhaps: nobody may be told that nothing is stored.
                met = f"{stream}: what a write collided with cannot be read"
                raise OutcomeUnknown(met) from error
            raise
        newer = [commit for commit in found.commits if commit.version > base.version]
        fresh = fold(self._category, base, newer)
        self._cache.put(stream, fresh)
        # A write proves the states that its neighbours were refused on; else only an unchanged tail does.
        proven = isinstance(written, Appended) or (written is None and not newer)
        stored = {commit.command_id: commit for commit in found.commits}
        again: list[Waiting] = []
        for one, verdict in open_:
            own = stored.get(one.request.command_id)
            if own is not None:
                one.tell(_stored(one, own, verdict))
            elif proven and not isinstance(verdict, Commit | Repeat | Exception):
                one.tell(replace(verdict, charge=one.charge))
            else:
                again.append(one)
        return await self._try_again(stream, fresh.version, again)

    async def _try_again(
        self, stream: StreamName, version: int, again: list[Waiting]
    ) -> Sequence[Waiting]:
        """Count an attempt, give up on those that have had enough of them, and pause for the others."""
        for one in again:
            one.collisions += 1
            if one.collisions == self._attempts:
                met = f"{stream}: {self._attempts} attempts met other writers"
                one.tell(Conflict(met, version))
        left = [one for one in again if one.collisions < self._attempts]
        if left:
            await self._pause(max(one.collisions for one in left))
        return left

    def _keep(self, state: KeptState) -> None:
        """Keep a large state behind its commit: nobody waits for it."""
        keeping = asyncio.create_task(self._kept(state))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)

    async def _kept(self, state: KeptState) -> None:
        # Without it a load goes further back, and in some commits the next one is due.
        with suppress(StoreError):
            await self._store.keep(state)

    async def _append(
        self, stream: StreamName, batch: Batch, taken: Sequence[Waiting]
    ) -> Appended | Collided:
        try:
            written = await self._store.append(batch.commits)
        except OutcomeUnknown as unknown:
            # Whatever is stored in its place settles the question: a place is taken once.
            first = batch.commits[0]
            try:
                found = await self._store.find(stream, first.first - 1, [first.command_id])
            except StoreError as error:
                raise unknown from error
            _share(found.charge, taken)
            if not found.commits:
                raise
            return Collided()
        _share(written.charge, taken)
        return written

    async def _without_repeats(
        self, stream: StreamName, loaded: Loaded, waiting: Sequence[Waiting]
    ) -> tuple[Loaded, Sequence[Waiting]]:
        """Answer the repeats first, where the store would take a command id twice."""
        found = await self._find(stream, loaded, waiting)
        stored = {commit.command_id: commit for commit in found.commits}
        for one in waiting:
            own = stored.get(one.request.command_id)
            if own is not None:
                one.tell(_stored(one, own, None))
        newer = [commit for commit in found.commits if commit.version > loaded.version]
        rest = [one for one in waiting if one.request.command_id not in stored]
        loaded = fold(self._category, loaded, newer)
        self._cache.put(stream, loaded)
        return loaded, rest

    async def _find(self, stream: StreamName, base: Loaded, waiting: Sequence[Waiting]) -> Found:
        ids = [one.request.command_id for one in waiting]
        found = await self._store.find(stream, base.version, ids)
        _share(found.charge, waiting)
        return found


def _together(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """Give those that are written together: all before the first that is written alone, or that one."""
    for place, one in enumerate(waiting):
        if one.alone:
            return waiting[: place or 1]
    return waiting


def _apart(refused: Sequence[Waiting], error: StoreRefused) -> Sequence[Waiting]:
    """Blame who wrote alone; of several, which the store does not tell apart, each is to be decided by itself."""
    if len(refused) == 1:
        refused[0].tell(error)
        return ()
    for one in refused:
        one.alone = True
    return refused


def _share(charge: float, waiting: Sequence[Waiting]) -> None:
    for one in waiting:
        one.charge += charge / len(waiting)


def _accepted(one: Waiting, verdict: Commit | Repeat) -> Outcome | Exception:
    if isinstance(verdict, Commit):
        return Accepted(verdict, repeated=False, charge=one.charge)
    return _stored(one, verdict.commit, None)


def _stored(one: Waiting, stored: Commit, written: Verdict | None) -> Outcome | Exception:
    """Answer with the commit that is stored for a command id, if it is for the same command."""
    request = one.request
    if not request.is_answered_by(stored):
        return CommandIdReused(
            f"{request.stream}: command id '{request.command_id}' stands for another command"
        )
    return Accepted(stored, repeated=stored != written, charge=one.charge)
