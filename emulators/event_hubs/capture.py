"""Capture: what arrives in a partition is written to a file when its window has passed, or is full."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from emulators.database import Database
from emulators.event_hubs.capture_files import write_file
from emulators.event_hubs.log import Log, Partition, Stored, now

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS captured (
    partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, begin INTEGER NOT NULL);
"""
NAMESPACE: Final = "emulator"
"""What stands in paths for the namespace, which has no name here."""
SECOND: Final = 1_000
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Window:
    """When a file ends: after so many milliseconds, or with so many bytes; `skip_empty`: none without events."""

    interval: int
    size: int
    skip_empty: bool

    @classmethod
    def described(cls, description: Mapping[str, Any]) -> Self:
        """Read the properties of `captureDescription`, as in Bicep."""
        return cls(
            int(description.get("intervalInSeconds", 300) * SECOND),
            int(description.get("sizeLimitInBytes", 314_572_800)),
            bool(description.get("skipEmptyArchives", False)),
        )


@dataclass(slots=True)
class _Followed:
    """A partition: the first event that is in no file, when its window began, and what has come since."""

    partition: Partition
    next: int
    begin: int
    counted: int
    size: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def path(self) -> str:
        """The path of the file of this window, as the service makes it of all that a path may hold."""
        begin = datetime.fromtimestamp(self.begin / SECOND, UTC)
        place = f"{NAMESPACE}/{self.partition.hub}/{self.partition.name}"
        return f"{place}/{begin:%Y/%m/%d/%H/%M/%S}.avro"


class Capture:
    """Writes what arrives in the partitions of a hub to files below a folder."""

    def __init__(self, folder: Path, database: Database, log: Log, window: Window) -> None:
        self._folder = folder
        self._database = database
        self._log = log
        self._window = window
        self._followed: list[_Followed] = []

    async def open(self, partitions: Mapping[str, Partition], moment: int) -> None:
        """Go on where files end; the first window of a partition that has none begins."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._database.reader.executescript(SCHEMA)
        for partition in partitions.values():
            find = "SELECT next, begin FROM captured WHERE partition = ?"
            row = self._database.reader.execute(find, (partition.id,)).fetchone()
            next_, begin = row or (self._log.extent(partition).begin, moment)
            followed = _Followed(partition, next_, begin, counted=next_)
            # What came while nobody followed is news, too.
            followed.news.set()
            partition.watchers.add(followed.news)
            self._followed.append(followed)

    async def serve(self) -> None:
        """End windows for ever, within a second of their time."""
        pause = min(self._window.interval / 10, SECOND) / SECOND
        while True:
            await asyncio.sleep(pause)
            await self.end_windows(now())

    async def end_windows(self, moment: int) -> None:
        """End the windows that are full, and those whose time has come."""
        for followed in self._followed:
            if followed.news.is_set():
                followed.news.clear()
                self._count(followed)
            while followed.size >= self._window.size:
                await self._end(followed, moment)
            if moment >= followed.begin + self._window.interval:
                if followed.size or not self._window.skip_empty:
                    await self._end(followed, moment)
                followed.begin = max(moment, followed.begin)

    def _count(self, followed: _Followed) -> None:
        beyond = self._log.extent(followed.partition).next
        followed.size += self._log.size(followed.partition, followed.counted, beyond)
        followed.counted = beyond

    async def _end(self, followed: _Followed, moment: int) -> None:
        """Write the file of a window, note where it ends, and begin the next one in another second."""
        reading = _Reading(self._log, followed.partition, followed.next, followed.counted)
        await write_file(self._folder / followed.path, reading.pages(self._window.size))
        begin = max(moment, followed.begin + SECOND)
        row = (followed.partition.id, reading.next, begin)
        note = "INSERT OR REPLACE INTO captured VALUES (?, ?, ?)"
        await self._database.write(lambda connection: connection.execute(note, row))
        followed.next, followed.begin = reading.next, begin
        followed.size = self._log.size(followed.partition, reading.next, followed.counted)


@dataclass(slots=True)
class _Reading:
    """Events for a file, from a place up to another; `next` is the first that is not in it."""

    log: Log
    partition: Partition
    next: int
    beyond: int

    async def pages(self, most: int) -> AsyncIterator[list[Stored]]:
        """Give pages until they have so many bytes."""
        while self.next < self.beyond and most > 0:
            count = min(AT_ONCE, self.beyond - self.next)
            page = self.log.read(self.partition, self.next, count, most)
            # Nothing is there where retention was faster.
            self.next = page[-1].sequence + 1 if page else self.beyond
            most -= sum(len(stored.event.sections) for stored in page)
            yield page
            await asyncio.sleep(0)
