"""The ports as one host sees them: every call takes a while, may fail, may be the host's last."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.commit import Commit
from shared.kernel.errors import (
    LogUnavailable,
    OutcomeUnknown,
    StoreError,
    StoreThrottled,
    StoreUnavailable,
)
from shared.kernel.listing import Listing
from shared.kernel.parking import Decision, Parked
from shared.kernel.ports import (
    Appended,
    Collided,
    EventStore,
    FeedPage,
    Found,
    Log,
    Parking,
    Progress,
    Rows,
    StoredParked,
    StoredRow,
)
from shared.kernel.stream import StreamName
from shared.kernel.view import Row, RowKey
from tests.simulation.weather import Weather


@dataclass
class Calls:
    """The way from one host to the cloud."""

    host: str
    weather: Weather
    crash: Callable[[], None]
    alive: bool = True

    async def call[T](
        self, name: str, effect: Callable[[], Awaitable[T]], failed: Callable[[str], Exception]
    ) -> T:
        """Carry out an effect: before it and behind it time passes, and anything may happen."""
        await self._pass(f"before {name}")
        if self.weather.strikes(f"{name} failed before", self.weather.badness(name)):
            self.tell(f"{name} fails before its effect")
            raise failed("before")
        result = await effect()
        self.tell(f"{name} -> {_short(result)}")
        await self._pass(f"behind {name}")
        if self.weather.strikes(f"{name} failed behind", self.weather.failures):
            self.tell(f"{name} fails behind its effect")
            raise failed("behind")
        return result

    async def _pass(self, where: str) -> None:
        if self.weather.strikes(f"crash {where}", self.weather.crashes):
            self.tell(f"crashes {where}")
            self.crash()
        # A stalled host goes on as if nothing had happened: others have had its work meanwhile.
        stalled = self.weather.strikes("stall", self.weather.stalls)
        await asyncio.sleep(
            self.weather.dice.uniform(0.3, 2.0) if stalled else self.weather.dice.expovariate(200.0)
        )
        if not self.alive:
            # A dead host does nothing any more, whatever its code would still do.
            await self.weather.never.wait()

    def tell(self, what: str) -> None:
        """Note what happens."""
        now = asyncio.get_running_loop().time()
        self.weather.trace.append(f"{now:9.4f} {self.host} {what}")


def store_failed(calls: Calls) -> Callable[[str], Exception]:
    """Choose what a read of the store fails with: both may pass."""

    def choose(_where: str) -> StoreError:
        throttled = calls.weather.dice.random() < 0.5
        return StoreThrottled("throttled") if throttled else StoreUnavailable("no answer")

    return choose


def unknown(_where: str) -> Exception:
    """Leave open whether a write happened."""
    return OutcomeUnknown("no answer")


def _short(result: object) -> str:
    match result:
        case Found(commits=commits):
            return f"{len(commits)} commits"
        case StoredRow(row=row):
            return f"version {row.version}"
        case FeedPage(items=items):
            return f"{len(items)} items"
        case list():
            return f"{len(result)}"
        case Appended() | Collided():
            return type(result).__name__
        case _:
            return str(result)


@dataclass
class SimStore:
    """The event store; a write whose outcome is not known may also arrive later."""

    calls: Calls
    inner: EventStore
    spawn: Callable[[Any], object]

    @property
    def unique_command_ids(self) -> bool:
        return self.inner.unique_command_ids

    async def read(self, stream: StreamName, after: int = 0, limit: int | None = None) -> Found:
        read = lambda: self.inner.read(stream, after, limit)  # noqa: E731
        return await self.calls.call(f"read {stream}", read, store_failed(self.calls))

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        tail = lambda: self.inner.tail(stream, limit, through)  # noqa: E731
        return await self.calls.call(f"tail {stream}", tail, store_failed(self.calls))

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        find = lambda: self.inner.find(stream, after, command_ids)  # noqa: E731
        return await self.calls.call(f"find {stream}", find, store_failed(self.calls))

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        first, last = commits[0], commits[-1]
        name = f"append {first.stream}@{first.first}..{last.version}"
        if self.calls.weather.strikes("write arrives late", self.calls.weather.failures):
            self.spawn(self._later(commits))
            raise OutcomeUnknown("no answer")
        return await self.calls.call(name, lambda: self.inner.append(commits), unknown)

    async def _later(self, commits: Sequence[Commit]) -> None:
        await asyncio.sleep(self.calls.weather.dice.expovariate(20.0))
        await self.inner.append(commits)


@dataclass
class SimRows:
    """The rows; `back` names those that were written back to an older version."""

    calls: Calls
    inner: Rows
    back: list[str]

    async def read(self, at: RowKey) -> StoredRow | None:
        read = lambda: self.inner.read(at)  # noqa: E731
        return await self.calls.call(f"read row {at.stream}", read, store_failed(self.calls))

    async def write(self, row: Row, replacing: str | None) -> bool:
        name = f"write row {row.at.stream}@{row.version}"
        return await self.calls.call(
            name, lambda: self._write(row, replacing), store_failed(self.calls)
        )

    async def _write(self, row: Row, replacing: str | None) -> bool:
        before = await self.inner.read(row.at)
        written = await self.inner.write(row, replacing)
        if written and before is not None and row.version < before.row.version:
            self.back.append(
                f"{row.at.stream}: a row of '{row.at.view}' went back"
                f" from version {before.row.version} to {row.version}"
            )
        return written

    async def of_key(self, view: str, key: str) -> list[Row]:
        return await self.inner.of_key(view, key)

    async def page(self, listing: Listing) -> list[Row]:
        return await self.inner.page(listing)


@dataclass
class SimLog:
    """The log: a send that fails may have arrived, and one that is acknowledged may be lost."""

    calls: Calls
    inner: Log
    lost: set[int]
    once: set[bytes]

    @property
    def partitions(self) -> int:
        return self.inner.partitions

    @property
    def largest(self) -> int:
        return self.inner.largest

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        async def send() -> None:
            # What was sent again because it was lost is not lost a second time.
            fresh = not self.once.intersection(bodies)
            if fresh and self.calls.weather.strikes("batch lost", self.calls.weather.losses):
                self.lost.add(partition)
                self.calls.tell("the log loses what is sent next")
                self.once.update(bodies)
                return
            await self.inner.send(partition, bodies)

        # The id of an envelope is its second member.
        name = f"send {' '.join(body.split(b'"', 8)[7].decode() for body in bodies)}"
        await self.calls.call(name, send, lambda _: LogUnavailable("no answer"))


@dataclass
class SimParking:
    """The markers."""

    calls: Calls
    inner: Parking

    async def park(self, marker: Parked) -> None:
        park = lambda: self.inner.park(marker)  # noqa: E731
        await self.calls.call(f"park {marker.stream}", park, store_failed(self.calls))

    async def seen(self, consumer: str, stream: str, version: int) -> bool:
        seen = lambda: self.inner.seen(consumer, stream, version)  # noqa: E731
        return await self.calls.call(f"seen {stream}", seen, store_failed(self.calls))

    async def find(self, consumer: str, stream: str) -> StoredParked | None:
        find = lambda: self.inner.find(consumer, stream)  # noqa: E731
        return await self.calls.call(f"find parked {stream}", find, store_failed(self.calls))

    async def parked(self, consumer: str) -> list[Parked]:
        parked = lambda: self.inner.parked(consumer)  # noqa: E731
        return await self.calls.call("parked", parked, store_failed(self.calls))

    async def unpark(self, parked: StoredParked) -> bool:
        return await self.inner.unpark(parked)

    async def decide(self, decision: Decision) -> None:
        await self.inner.decide(decision)

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        return await self.inner.decisions(consumer, stream)


@dataclass
class SimProgress:
    """The places of slow work."""

    calls: Calls
    inner: Progress

    async def read(self, name: str) -> str | None:
        read = lambda: self.inner.read(name)  # noqa: E731
        return await self.calls.call("read progress", read, store_failed(self.calls))

    async def write(self, name: str, position: str) -> None:
        write = lambda: self.inner.write(name, position)  # noqa: E731
        await self.calls.call(f"progress {position}", write, store_failed(self.calls))
