"""The one engine in front of every consumer: streams in order, side by side; what can never be handled is parked.

A consumer says how it handles a run of one stream, and how it flushes what a batch gathered. What may go well
later is tried again, stream by stream, as the batch's attempts allow; what is left then is raised when everything
else is done, so that the batch comes again.
"""

import asyncio
from collections import defaultdict
from collections.abc import (
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.adapters.error_log import tell
from shared.kernel.delivery.operator_decisions import park_first, skips
from shared.kernel.delivery.parking import (
    Decision,
    Parked,
    marker_of,
    poison_of,
    unreadable_message,
)
from shared.kernel.delivery.retry import Attempts, one_attempt
from shared.kernel.delivery.side_by_side import side_by_side
from shared.kernel.errors import InvalidMessage, Poison, leaves
from shared.kernel.messages.commit import timestamp
from shared.kernel.ports import Parking

AT_ONCE = 32
"""So many lanes are handled side by side."""


@dataclass(frozen=True, slots=True)
class Arrival[T]:
    """A message that was read; `stream` is what it parks, and what shares its `lane` is handled in order."""

    lane: str
    stream: str
    version: int
    content: T


@dataclass(frozen=True, slots=True)
class Run[T]:
    """What arrived of one stream, by its versions, and what operators have decided to pass over."""

    stream: str
    arrived: Mapping[int, T]
    skips: Mapping[int, Decision] = field(default_factory=dict)

    @property
    def messages(self) -> list[T]:
        """What is to be handled, in order."""
        return [self.arrived[one] for one in sorted(self.arrived) if one not in self.skips]

    def before(self, version: int) -> "Run[T]":
        """Returns what came before a version: less than all of it, whatever the version."""
        return self.until(min(version, max(self.arrived)))

    def until(self, version: int) -> "Run[T]":
        """Returns what came before a version."""
        return replace(self, arrived={one: m for one, m in self.arrived.items() if one < version})


@dataclass(frozen=True, slots=True)
class _Settled[T, R]:
    """What came of a run: a result unless nothing could be handled, and the poison that ended it."""

    run: Run[T]
    results: Sequence[R]
    poison: Poison | None


async def _nothing(_: Sequence[object]) -> Sequence[Poison]:
    """Leave nothing to be flushed."""
    return ()


@dataclass(frozen=True, slots=True)
class Delivery[T, R]:
    """Delivers to one consumer.

    `handle` handles a run in order, and may be asked again for a part of it: it raises Poison for what it can
    never handle. `flush` names what it could not do of what a batch gathered. `show` says what operators see of
    a message. Whoever does not heed markers handles parked streams as any other.
    """

    consumer: str
    parking: Parking
    now: Callable[[], datetime]
    show: Callable[[T], Mapping[str, Any] | None]
    handle: Callable[[Run[T]], Awaitable[R]]
    flush: Callable[[Sequence[R]], Awaitable[Sequence[Poison]]] = _nothing
    heeds_markers: bool = True

    async def take(
        self,
        bodies: Iterable[bytes],
        read: Callable[[bytes], Arrival[T]],
        attempts: Attempts | None = None,
    ) -> None:
        """Handles a batch of messages; raises a group of all that may go well later."""
        attempts = attempts or one_attempt()
        lanes: dict[str, dict[str, dict[int, T]]] = defaultdict(lambda: defaultdict(dict))
        for body in bodies:
            try:
                one = read(body)
            except InvalidMessage as error:
                await attempts.trying(self.park_unreadable, body, error)
            else:
                # Of two under one name the first counts.
                lanes[one.lane][one.stream].setdefault(one.version, one.content)
        runs = [[Run(*run) for run in lane.items()] for lane in lanes.values()]
        await self.deliver(runs, attempts)

    async def deliver(
        self, lanes: Sequence[Sequence[Run[T]]], attempts: Attempts | None = None
    ) -> None:
        """Handles lanes of runs, but for those that are done; raises a group of all that may go well later."""
        attempts = attempts or one_attempt()
        left = [[run for run in lane if run.stream not in attempts.done] for lane in lanes]
        _, errors = await self.attempt(left, attempts)
        if errors:
            raise BaseExceptionGroup(f"not everything was handled by {self.consumer}", errors)

    async def _held(self, lanes: Sequence[Sequence[Run[T]]]) -> Mapping[str, int]:
        """Name the streams of a batch that are parked, and from which version on, for whoever heeds it."""
        streams = {run.stream for lane in lanes for run in lane} if self.heeds_markers else ()
        return await self.parking.held(self.consumer, streams) if streams else {}

    async def attempt(
        self, lanes: Sequence[Sequence[Run[T]]], attempts: Attempts | None = None
    ) -> tuple[list[R], list[BaseException]]:
        """Handles lanes side by side, then flushes, then parks; returns the results, and what may go well later.

        What is parked is not handled again: what came before it is flushed by then, or nothing is parked.
        """
        attempts, gate = attempts or one_attempt(), asyncio.Semaphore(AT_ONCE)
        held = await attempts.trying(self._held, lanes)
        works = (self._lane(lane, held, gate, attempts) for lane in lanes)
        ended, errors = await side_by_side(works)
        settled = [one for done, _ in ended for one in done]
        errors += [leaf for _, error in ended if error for leaf in leaves(error)]
        _, unflushed = await side_by_side([self._finish(settled, attempts)])
        return [result for one in settled for result in one.results], errors + unflushed

    async def _finish(self, settled: Sequence[_Settled[T, R]], attempts: Attempts) -> None:
        """Flush what was handled, and park; only then it is done."""
        for marker in await attempts.trying(self._markers, settled):
            await attempts.trying(park_first, marker, self.parking)
        attempts.done.update(one.run.stream for one in settled)

    async def replay(self, run: Run[T]) -> Parked | None:
        """Handles again what was held back; returns the marker of what can still not be handled."""
        skipped = await skips(self.parking, self.consumer, run.stream)
        markers = await self._markers([await self._settle(replace(run, skips=skipped))])
        return markers[0] if markers else None

    async def park_unreadable(self, body: bytes, error: InvalidMessage) -> None:
        """Parks a message that does not say to which stream it belongs, unless that was skipped."""
        marker = unreadable_message(self.consumer, body, error, timestamp(self.now()))
        if not await self._is_skipped(marker.stream, marker.version):
            where = f"{marker.stream}@{marker.version}"
            tell(f"{self.consumer} cannot handle {where}", error, marker.envelope)
            await self.parking.park(marker)

    def marker(self, poison: Poison, run: Run[T] | None = None) -> Parked:
        """Returns the marker of a poison, which shows its message if that is among those of a run."""
        last_seen = max(run.arrived, default=0) if run else 0
        shown = self._shown(poison, run)
        return marker_of(self.consumer, poison, timestamp(self.now()), last_seen, shown)

    def _shown(self, poison: Poison, run: Run[T] | None) -> Mapping[str, Any] | None:
        arrived = run.arrived if run else {}
        return self.show(arrived[poison.version]) if poison.version in arrived else None

    async def _lane(
        self,
        lane: Sequence[Run[T]],
        held: Mapping[str, int],
        gate: asyncio.Semaphore,
        attempts: Attempts,
    ) -> tuple[list[_Settled[T, R]], Exception | None]:
        """Handle runs one after another, up to the first that cannot be handled now, which is told."""
        settled: list[_Settled[T, R]] = []
        for run in lane:
            try:
                settled += await attempts.trying(self._unless_held, run, held, gate)
            except Exception as error:  # noqa: BLE001 - raised again, with what other lanes have met
                return settled, error
        return settled, None

    async def _unless_held(
        self, run: Run[T], held: Mapping[str, int], gate: asyncio.Semaphore
    ) -> list[_Settled[T, R]]:
        # Who waits for another attempt keeps nobody waiting.
        async with gate:
            # What comes late from before the place where a stream is parked is not what a release replays.
            early = run.until(held.get(run.stream, max(run.arrived, default=0) + 1))
            if early.arrived != run.arrived:
                seen = await self.parking.seen(self.consumer, run.stream, max(run.arrived))
                # Of a stream that was released meanwhile nobody has seen anything: it is handled.
                run = early if seen else run
            return [await self._settle(run)] if run.arrived else []

    async def _settle(self, arrived: Run[T]) -> _Settled[T, R]:
        """Handle a run up to the first message that can never be handled, but for those that are skipped."""
        run, poison = arrived, None
        while run.arrived:
            try:
                return _Settled(arrived, [await self.handle(run)], poison)
            except Exception as error:
                # The first message is to blame for what names no other.
                found = poison_of(error, run.stream, min(run.arrived))
                # Who gives what may pass some time before the batch comes again does it here.
                if found is None:
                    raise
                failed = error
            skipped = await skips(self.parking, self.consumer, run.stream)
            if found.version in skipped and found.version not in run.skips:
                run = replace(run, skips=skipped)
            else:
                where = f"{found.stream}@{found.version}"
                tell(f"{self.consumer} cannot handle {where}", failed, self._shown(found, run))
                run, poison = run.before(found.version), found
        return _Settled(arrived, (), poison)

    async def _markers(self, settled: Sequence[_Settled[T, R]]) -> list[Parked]:
        """Flush what was handled; give the marker of each stream that has a poison, at the first of them."""
        refused = await self.flush([result for one in settled for result in one.results])
        poisons = [one.poison for one in settled if one.poison is not None]
        poisons += [p for p in refused if not await self._is_skipped(p.stream, p.version)]
        # Of several the first is written last.
        first = {p.stream: p for p in sorted(poisons, key=lambda p: p.version, reverse=True)}
        return [
            self.marker(first[one.run.stream], one.run)
            for one in settled
            if one.run.stream in first
        ]

    async def _is_skipped(self, stream: str, version: int) -> bool:
        return version in await skips(self.parking, self.consumer, stream)
