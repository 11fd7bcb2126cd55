"""Which timers have been called when, in SQLite: stands for the blobs of the host's storage account."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS timers (function TEXT PRIMARY KEY, due TEXT, last TEXT, next TEXT, updated TEXT);
"""


class Status(NamedTuple):
    """When a timer was called, when it will be, and when that was written down."""

    last: datetime
    next: datetime
    updated: datetime


class Timers:
    """The timers of hosts that share their state: each moment of a timer is one host's."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(SCHEMA)

    def status(self, function: str) -> Status | None:
        """Return what was written down of a timer."""
        row = self._database.execute(
            "SELECT last, next, updated FROM timers WHERE function = ? AND next <> ''", (function,)
        ).fetchone()
        return Status(*(datetime.fromisoformat(one) for one in row)) if row else None

    def note(self, function: str, last: datetime | None, upcoming: datetime) -> None:
        """Write down when a timer was called, and when it will be."""
        texts = [_text(last or datetime.min.replace(tzinfo=UTC)), _text(upcoming)]
        self._database.execute(
            "INSERT INTO timers VALUES (?, '', ?, ?, ?) ON CONFLICT (function) DO UPDATE"
            " SET last = excluded.last, next = excluded.next, updated = excluded.updated",
            (function, *texts, _text(datetime.now(UTC))),
        )

    def claim(self, function: str, due: datetime) -> bool:
        """Take a moment of a timer for this host; False if another has it."""
        cursor = self._database.execute(
            "INSERT INTO timers VALUES (?, ?, '', '', '') ON CONFLICT (function) DO UPDATE"
            " SET due = excluded.due WHERE excluded.due > timers.due",
            (function, _text(due)),
        )
        return cursor.rowcount == 1

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
