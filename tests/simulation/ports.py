"""The store, the rows and the log as one host sees them: every method is a call, and may go wrong."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from shared.adapters.memory import MemoryRows
from shared.kernel.delivery.partition import check_partitions
from shared.kernel.errors import LogUnavailable, NewerCode, OutcomeUnknown, StoreRefused
from shared.kernel.messages.commit import Commit, KeptState
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import (
    ROWS,
    Appended,
    Collided,
    Found,
    Log,
    StoredRow,
    StoreLimits,
)
from shared.kernel.views.generation import GENERATIONS
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey
from tests.simulation.calls import Calls, append_failed, store_failed
from tests.simulation.cloud import Cloud, event_id, served_rows
from tests.simulation.virtual_time import sleep
from tests.simulation.wishes import UNSTORABLE

STILL_LOSING = 0.5
"""So often what was lost is lost again by who may lose it again."""


@dataclass
class SimStore:
    """The event store; a write whose outcome is not known may also arrive later.

    Of `one_version`, no code is newer.
    """

    calls: Calls
    cloud: Cloud
    spawn: Callable[[Any], object]
    one_version: bool = False

    def __post_init__(self) -> None:
        self.inner = self.cloud.store

    @property
    def unique_command_ids(self) -> bool:
        return self.inner.unique_command_ids

    @property
    def limits(self) -> StoreLimits:
        return self.inner.limits

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        read = lambda: self.inner.read(stream, after, limit=limit)  # noqa: E731
        return await self.calls.call(f"read {stream}", read, store_failed(self.calls))

    def _meet(self, stream: StreamName) -> None:
        """Be older code that meets what newer code has written."""
        if self.calls.older and str(stream) in self.cloud.newer:
            raise NewerCode(f"no event of {stream} is known")

    async def tail(self, stream: StreamName, limit: int, through: int | None = None) -> Found:
        self._meet(stream)
        tail = lambda: self.inner.tail(stream, limit, through)  # noqa: E731
        return await self.calls.call(f"tail {stream}", tail, store_failed(self.calls))

    async def find(self, stream: StreamName, after: int, command_ids: Sequence[str]) -> Found:
        self._meet(stream)
        self.cloud.decided.update((str(stream), id_) for id_ in command_ids)
        find = lambda: self.inner.find(stream, after, command_ids)  # noqa: E731
        return await self.calls.call(f"find {stream}", find, store_failed(self.calls))

    async def kept(self, stream: StreamName) -> KeptState | None:
        kept = lambda: self.inner.kept(stream)  # noqa: E731
        return await self.calls.call(f"kept state {stream}", kept, store_failed(self.calls))

    async def keep(self, state: KeptState) -> None:
        keep = lambda: self.inner.keep(state)  # noqa: E731
        name = f"keep state {state.stream}@{state.version}"
        await self.calls.call(name, keep, store_failed(self.calls))

    async def append(self, commits: Sequence[Commit]) -> Appended | Collided:
        first, last = commits[0], commits[-1]
        name = f"append {first.stream}@{first.first}..{last.version}"
        weather = self.calls.weather
        self.cloud.decided.update((commit.stream, commit.command_id) for commit in commits)
        if weather.strikes(self.calls.host, "write arrives late", weather.failures, name):
            self.spawn(self._later(commits))
            raise OutcomeUnknown("no answer")
        return await self.calls.call(name, lambda: self._append(commits), append_failed(self.calls))

    async def _later(self, commits: Sequence[Commit]) -> None:
        await sleep(self.calls.weather.dice.expovariate(20.0))
        with suppress(StoreRefused):
            await self._append(commits)

    async def _append(self, commits: Sequence[Commit]) -> Appended | Collided:
        told = [event.data.get("reason") for commit in commits for event in commit.events]
        if UNSTORABLE in told:
            raise StoreRefused("never")
        written = await self.inner.append(commits)
        if isinstance(written, Appended):
            self.cloud.watch.saw(commits)
            weather, stream = self.calls.weather, commits[0].stream
            odds = 0.0 if self.one_version else weather.newer
            if odds and weather.strikes(self.calls.host, "newer event", odds):
                self.cloud.newer.add(stream)
            for commit in commits if self.calls.weather.tells else ():
                self.calls.tell(f"wrote {_shown(commit)}")
        return written


def _shown(commit: Commit) -> str:
    events = ", ".join(f"{event.type} {event.data}" for event in commit.events)
    cause, id_ = commit.metadata.causation_id, commit.command_id
    because = id_ if cause == id_ else f"{id_[:8]}, because of {cause}"
    snapshot = f" with {commit.snapshot.schema_name}" if commit.snapshot else ""
    return f"{commit.stream}@{commit.first}: {events} ({because}){snapshot}"


@dataclass
class SimRows:
    """The rows; `back` names those that were written, or are read from now on, at an older version."""

    calls: Calls
    inner: MemoryRows
    back: list[str]

    async def read(self, at: RowKey) -> StoredRow | None:
        read = lambda: self.inner.read(at)  # noqa: E731
        name = f"read row {at.stream} of {at.view}"
        return await self.calls.call(name, read, store_failed(self.calls))

    async def versions(self, places: Sequence[RowKey]) -> Mapping[RowKey, int]:
        versions = lambda: self.inner.versions(places)  # noqa: E731
        return await self.calls.call("read row versions", versions, store_failed(self.calls))

    async def write(self, row: Row, replacing: str | None) -> bool:
        name = f"write row {row.at.stream}@{row.version} of {row.at.view}"
        return await self.calls.call(
            name, lambda: self._write(row, replacing), store_failed(self.calls)
        )

    async def _write(self, row: Row, replacing: str | None) -> bool:
        shown = served_rows(self.inner) if row.at == GENERATIONS else {}
        before = await self.inner.read(row.at)
        written = await self.inner.write(row, replacing)
        if written and before is not None and row.version < before.row.version:
            self.back.append(
                f"{row.at.stream}: a row of '{row.at.view}' went back"
                f" from version {before.row.version} to {row.version}"
            )
        later = served_rows(self.inner) if shown else {}
        self.back += [
            f"{place[2]}: who reads '{place[0]}' goes back from version {version}"
            for place, (version, _) in shown.items()
            if later.get(place, (0, {}))[0] < version
        ]
        return written

    async def delete(self, at: RowKey) -> None:
        delete = lambda: self.inner.delete(at)  # noqa: E731
        await self.calls.call(f"delete row {at.stream}", delete, store_failed(self.calls))

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        of_key = lambda: self.inner.of_key(view, key, after, limit)  # noqa: E731
        return await self.calls.call(f"rows of {view} {key}", of_key, store_failed(self.calls))

    async def shows(self, view: str, key: str, version: int) -> bool:
        shows = lambda: self.inner.shows(view, key, version)  # noqa: E731
        return await self.calls.call(f"{view} {key} shows", shows, store_failed(self.calls))

    async def page(self, listing: Listing) -> list[Row]:
        page = lambda: self.inner.page(listing)  # noqa: E731
        return await self.calls.call(f"page of {listing.view}", page, store_failed(self.calls))

    async def count(self, listing: Listing) -> int:
        count = lambda: self.inner.count(listing)  # noqa: E731
        return await self.calls.call(f"count of {listing.view}", count, store_failed(self.calls))


@dataclass
class SimLog:
    """The log: a send that fails may have arrived, and one that is acknowledged may be lost, once or `often`."""

    calls: Calls
    inner: Log
    lost: set[int]
    losses: Counter[bytes]
    often: int = 1

    @property
    def partitions(self) -> int:
        return self.calls.partitions

    @property
    def largest(self) -> int:
        return self.inner.largest

    async def send(self, partition: int, bodies: Sequence[bytes]) -> None:
        named = " ".join(map(event_id, bodies))
        check_partitions("events", self.inner.partitions, self.partitions)

        async def send() -> None:
            weather = self.calls.weather
            fresh = all(self.losses[body] < self.often for body in bodies)
            # What loses once loses more than once.
            ill = any(self.losses[body] for body in bodies) and weather.losses > 0
            odds = STILL_LOSING if ill else weather.losses
            if fresh and weather.strikes(self.calls.host, "batch lost", odds, named):
                self.lost.add(partition)
                self.losses.update(bodies)
                return
            await self.inner.send(partition, bodies)

        await self.calls.call(f"send {named}", send, lambda _: LogUnavailable("no answer"))
