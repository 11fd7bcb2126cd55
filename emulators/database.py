"""One SQLite file for an emulator: whatever was acknowledged survives kill -9 of the process.

Writes of one turn of the event loop share one commit, each inside a savepoint of its own.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

type Work[T] = Callable[[sqlite3.Connection], T]


class Database:
    """WAL with synchronous=NORMAL: durable against the death of the process, not of the machine."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = sqlite3.connect(path, isolation_level=None)
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute("PRAGMA synchronous = NORMAL")
        self._writer.executescript(schema)
        self._waiting: list[tuple[Work[Any], asyncio.Future[Any]]] = []

    @property
    def reader(self) -> sqlite3.Connection:
        """The connection for queries; it sees every write that was acknowledged."""
        return self._writer

    async def write[T](self, work: Work[T]) -> T:
        """Run a work inside the next commit; its exception undoes it alone, and comes back here."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._commit)
        self._waiting.append((work, result))
        return await result

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._commit()
        self._writer.close()

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self._writer.execute("BEGIN IMMEDIATE")
        done = [(future, self._run(work)) for work, future in waiting]
        self._writer.execute("COMMIT")
        for future, (result, error) in done:
            if future.cancelled():
                continue
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

    def _run(self, work: Work[Any]) -> tuple[Any, Exception | None]:
        self._writer.execute("SAVEPOINT work")
        try:
            result = work(self._writer)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to who asked
            self._writer.execute("ROLLBACK TO work")
            self._writer.execute("RELEASE work")
            return None, error
        self._writer.execute("RELEASE work")
        return result, None
