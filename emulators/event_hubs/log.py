"""The stored log: partitions of events in the order of their sequence numbers, in one SQLite file."""

import asyncio
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emulators.database import Database
from emulators.event_hubs.messages import Event
from emulators.event_hubs.positions import Start, check_start, sequence_from

SCHEMA = """
CREATE TABLE IF NOT EXISTS partitions (
    id INTEGER PRIMARY KEY, hub TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    begin INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0,
    enqueued INTEGER NOT NULL DEFAULT 0, UNIQUE (hub, name));
CREATE TABLE IF NOT EXISTS events (
    partition INTEGER NOT NULL, sequence INTEGER NOT NULL, enqueued INTEGER NOT NULL,
    key TEXT, sections BLOB NOT NULL, PRIMARY KEY (partition, sequence)) WITHOUT ROWID;
"""
TRIM_AT_ONCE = 10_000


class Stored(NamedTuple):
    """An event with its place and its time (milliseconds since 1970)."""

    sequence: int
    enqueued: int
    event: Event


class Extent(NamedTuple):
    """What a partition holds: `next` is the sequence number that the next event gets."""

    created: int
    begin: int
    next: int
    enqueued: int


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition, with the signals that are set when it has news."""

    id: int
    hub: str
    name: str
    watchers: set[asyncio.Event] = field(default_factory=set, compare=False)


class Log:
    """All partitions of all hubs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, hub: str, partitions: int) -> Mapping[str, Partition]:
        """Give the partitions of a hub, and make those that are missing."""
        names = [str(number) for number in range(partitions)]
        rows = [(hub, name, now()) for name in names]
        make = "INSERT OR IGNORE INTO partitions (hub, name, created) VALUES (?, ?, ?)"
        await self._database.write(lambda connection: connection.executemany(make, rows))
        find = "SELECT name, id FROM partitions WHERE hub = ?"
        found = dict(self._database.reader.execute(find, (hub,)).fetchall())
        return {name: Partition(found[name], hub, name) for name in names}

    async def append(self, partition: Partition, events: Sequence[Event]) -> None:
        """Store events behind one another, all or none; whoever watches is told."""

        def work(connection: sqlite3.Connection) -> None:
            find = "SELECT next, enqueued FROM partitions WHERE id = ?"
            first, last_time = connection.execute(find, (partition.id,)).fetchone()
            # A clock that is set back must not put times out of order.
            enqueued = max(now(), last_time)
            connection.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
                [
                    (partition.id, sequence, enqueued, event.key, event.sections)
                    for sequence, event in enumerate(events, first)
                ],
            )
            connection.execute(
                "UPDATE partitions SET next = ?, enqueued = ? WHERE id = ?",
                (first + len(events), enqueued, partition.id),
            )
            # Told after the commit even when the sender, who would wait for it, has gone by then.
            asyncio.get_running_loop().call_soon(_tell, partition)

        await self._database.write(work)

    def read(self, partition: Partition, sequence: int, count: int, size: int) -> list[Stored]:
        """Read at most so many events from a place on, and stop behind so many bytes."""
        found: list[Stored] = []
        for number, enqueued, key, sections in self._database.reader.execute(
            "SELECT sequence, enqueued, key, sections FROM events"
            " WHERE partition = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
            (partition.id, sequence, count),
        ):
            found.append(Stored(number, enqueued, Event(key, sections)))
            size -= len(sections)
            if size <= 0:
                break
        return found

    def size(self, partition: Partition, first: int, beyond: int) -> int:
        """Sum the bytes of the events from a place up to another."""
        find = (
            "SELECT COALESCE(SUM(LENGTH(sections)), 0) FROM events"
            " WHERE partition = ? AND sequence >= ? AND sequence < ?"
        )
        place = (partition.id, first, beyond)
        size: int = self._database.reader.execute(find, place).fetchone()[0]
        return size

    def extent(self, partition: Partition) -> Extent:
        """Say what a partition holds."""
        find = "SELECT created, begin, next, enqueued FROM partitions WHERE id = ?"
        return Extent(*self._database.reader.execute(find, (partition.id,)).fetchone())

    def locate(self, partition: Partition, start: Start) -> int:
        """Give the sequence number where a reader starts; raises RefusedError for one beyond the end."""
        extent = self.extent(partition)
        check_start(start, extent.next - 1)
        match start:
            case Start(value="@latest"):
                return extent.next
            case Start("offset", int(offset)):
                first = sequence_from(offset, inclusive=start.inclusive)
            case Start("sequence-number", int(number)):
                first = number if start.inclusive else number + 1
            case Start(value=moment):
                earliest = int(moment) if start.inclusive else int(moment) + 1
                first = self._first_since(partition, extent, earliest)
        return max(first, extent.begin)

    async def trim(self, partition: Partition, moment: int) -> int:
        """Drop the events that are older than a moment, a bounded number; gives how many."""
        extent = self.extent(partition)
        first = self._first_since(partition, extent, moment)
        begin = min(first, extent.begin + TRIM_AT_ONCE)
        if begin > extent.begin:
            await self._database.write(lambda connection: _drop(connection, partition.id, begin))
        return begin - extent.begin

    def _first_since(self, partition: Partition, extent: Extent, moment: int) -> int:
        # Times never go back within a partition, so that halving finds the place without an index.
        low, high = extent.begin, extent.next
        find = "SELECT enqueued FROM events WHERE partition = ? AND sequence = ?"
        while low < high:
            middle = (low + high) // 2
            row = self._database.reader.execute(find, (partition.id, middle)).fetchone()
            if row[0] < moment:
                low = middle + 1
            else:
                high = middle
        return low


def now() -> int:
    """Tell the time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _tell(partition: Partition) -> None:
    for watcher in partition.watchers:
        watcher.set()


def _drop(connection: sqlite3.Connection, partition: int, begin: int) -> Any:  # noqa: ANN401 - unused
    connection.execute(
        "DELETE FROM events WHERE partition = ? AND sequence < ?", (partition, begin)
    )
    return connection.execute("UPDATE partitions SET begin = ? WHERE id = ?", (begin, partition))
