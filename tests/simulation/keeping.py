"""What is kept beside events and rows, as one host sees it: markers, places, and what became of commands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.kernel.commands.outcome import Fate, FinalOutcome
from shared.kernel.delivery.parking import Decision, Parked
from shared.kernel.ports import (
    MARKERS,
    Outcomes,
    Parking,
    Progress,
    Receipts,
    StoredParked,
    StoredPosition,
)
from tests.simulation.calls import Calls, store_failed


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

    async def held(self, consumer: str, streams: Collection[str]) -> Mapping[str, int]:
        held = lambda: self.inner.held(consumer, streams)  # noqa: E731
        return await self.calls.call("held", held, store_failed(self.calls))

    async def parked(self, consumer: str, after: str = "", limit: int = MARKERS) -> list[Parked]:
        parked = lambda: self.inner.parked(consumer, after, limit)  # noqa: E731
        return await self.calls.call("parked", parked, store_failed(self.calls))

    async def count(self, consumer: str) -> int:
        count = lambda: self.inner.count(consumer)  # noqa: E731
        return await self.calls.call("count parked", count, store_failed(self.calls))

    async def move(self, parked: StoredParked, marker: Parked) -> bool:
        move = lambda: self.inner.move(parked, marker)  # noqa: E731
        return await self.calls.call(f"move {marker.stream}", move, store_failed(self.calls))

    async def unpark(self, parked: StoredParked) -> bool:
        unpark = lambda: self.inner.unpark(parked)  # noqa: E731
        name = f"unpark {parked.marker.stream}"
        return await self.calls.call(name, unpark, store_failed(self.calls))

    async def decide(self, decision: Decision) -> None:
        decide = lambda: self.inner.decide(decision)  # noqa: E731
        await self.calls.call(f"decide {decision.stream}", decide, store_failed(self.calls))

    async def decisions(self, consumer: str, stream: str) -> list[Decision]:
        decisions = lambda: self.inner.decisions(consumer, stream)  # noqa: E731
        return await self.calls.call(f"decisions {stream}", decisions, store_failed(self.calls))


@dataclass
class SimProgress:
    """The places of slow work."""

    calls: Calls
    inner: Progress

    async def read(self, name: str) -> str | None:
        read = lambda: self.inner.read(name)  # noqa: E731
        return await self.calls.call("read progress", read, store_failed(self.calls))

    async def read_all(self, names: Sequence[str]) -> Mapping[str, str]:
        read = lambda: self.inner.read_all(names)  # noqa: E731
        return await self.calls.call("read places", read, store_failed(self.calls))

    async def write(self, name: str, position: str) -> None:
        write = lambda: self.inner.write(name, position)  # noqa: E731
        await self.calls.call(f"progress of {name}", write, store_failed(self.calls))

    async def find(self, name: str) -> StoredPosition | None:
        find = lambda: self.inner.find(name)  # noqa: E731
        return await self.calls.call(f"find place {name}", find, store_failed(self.calls))

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        advance = lambda: self.inner.advance(name, position, replacing)  # noqa: E731
        what = f"place {name} {position}"
        return await self.calls.call(what, advance, store_failed(self.calls))


@dataclass
class SimOutcomes:
    """The final outcomes of commands that waited."""

    calls: Calls
    inner: Outcomes

    async def read(self, stream: str, command_id: str) -> FinalOutcome | None:
        read = lambda: self.inner.read(stream, command_id)  # noqa: E731
        return await self.calls.call(f"outcome of {stream}", read, store_failed(self.calls))

    async def write(self, outcome: FinalOutcome) -> None:
        write = lambda: self.inner.write(outcome)  # noqa: E731
        name = f"outcome of {outcome.stream} {outcome.kind}"
        await self.calls.call(name, write, store_failed(self.calls))

    async def fate(self, stream: str, command_id: str, digest: str, fate: Fate) -> Fate:
        keep = lambda: self.inner.fate(stream, command_id, digest, fate)  # noqa: E731
        return await self.calls.call(f"fate of {stream} {fate}", keep, store_failed(self.calls))


@dataclass
class SimReceipts:
    """What came first under every key of others."""

    calls: Calls
    inner: Receipts

    async def first(self, key: str, digest: str) -> str:
        first = lambda: self.inner.first(key, digest)  # noqa: E731
        return await self.calls.call(f"receipt of {key}", first, store_failed(self.calls))
