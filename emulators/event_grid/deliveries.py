"""What is to be delivered, kept in SQLite: what was accepted stays until it is delivered, dead or dropped.

An event has one row, and one delivery for each subscription that it matches. `age` counts the seconds of the
service's clock from the publishing to the time when the delivery is next due; a process that is down ages nothing.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emulators.database import Database
from emulators.event_grid.ingest import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscriptions (
    topic TEXT, name TEXT, properties TEXT, dropped INTEGER DEFAULT 0, PRIMARY KEY (topic, name));
CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, published TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER, topic TEXT, subscription TEXT,
    attempts INTEGER DEFAULT 0, age REAL DEFAULT 0, due REAL,
    tried TEXT, outcome TEXT, status INTEGER);
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (topic, subscription);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS dead_letters (
    n INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT, subscription TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS dead_letters_of ON dead_letters (topic, subscription);
"""
COLUMNS = "e.body, d.n, d.event, d.attempts, d.age, d.tried, d.outcome, d.status, e.published"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscription; `tried` and what follows tell of the last attempt."""

    event: Event
    number: int
    event_number: int
    attempts: int
    age: float
    tried: str | None
    outcome: str | None
    status: int | None
    published: str


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The deliveries of all subscriptions."""

    database: Database

    async def accept(
        self, topic: str, events: Iterable[tuple[Event, list[str]]], published: str, due: float
    ) -> dict[str, list[int]]:
        """Keep events, each with the subscriptions that it matches; gives the new deliveries of each."""

        def work(db: sqlite3.Connection) -> dict[str, list[int]]:
            made: dict[str, list[int]] = {}
            for event, subscriptions in events:
                if not subscriptions:
                    continue
                row = (published, json.dumps(event))
                number = db.execute(
                    "INSERT INTO events (published, body) VALUES (?, ?)", row
                ).lastrowid
                for name in subscriptions:
                    made.setdefault(name, []).append(_address(db, number or 0, topic, name, due))
            return made

        return await self.database.write(work)

    def waiting(self, topic: str, subscription: str) -> list[tuple[float, int]]:
        """List when each undelivered delivery is due (seconds since the epoch), and its number."""
        return self.database.reader.execute(
            "SELECT due, n FROM deliveries WHERE topic = ? AND subscription = ?",
            (topic, subscription),
        ).fetchall()

    def read(self, numbers: list[int]) -> list[Delivery]:
        """Read deliveries; those that are over are left out."""
        marks = ",".join("?" * len(numbers))
        rows = self.database.reader.execute(
            f"SELECT {COLUMNS} FROM deliveries d JOIN events e ON e.n = d.event"  # noqa: S608 - marks
            f" WHERE d.n IN ({marks}) ORDER BY d.n",
            numbers,
        )
        return [Delivery(json.loads(body), *rest) for body, *rest in rows]

    async def postpone(self, delivery: Delivery, age: float, due: float) -> None:
        """Keep a failed attempt, and when the next one is."""
        row = (
            *(delivery.attempts, age, due, delivery.tried, delivery.outcome, delivery.status),
            delivery.number,
        )
        await self.database.write(
            lambda db: db.execute(
                "UPDATE deliveries SET attempts = ?, age = ?, due = ?, tried = ?, outcome = ?,"
                " status = ? WHERE n = ?",
                row,
            )
        )

    async def finish(self, delivery: Delivery) -> None:
        """Forget what was delivered."""
        await self.database.write(lambda db: _forget(db, delivery))

    async def drop(self, topic: str, subscription: str, delivery: Delivery) -> None:
        """Forget what can never be delivered, and count it."""

        def work(db: sqlite3.Connection) -> None:
            _forget(db, delivery)
            db.execute(
                "UPDATE subscriptions SET dropped = dropped + 1 WHERE topic = ? AND name = ?",
                (topic, subscription),
            )

        await self.database.write(work)

    async def bury(
        self, topic: str, subscription: str, delivery: Delivery, letter: dict[str, Any]
    ) -> None:
        """Keep a dead letter in place of its delivery."""

        def work(db: sqlite3.Connection) -> None:
            _forget(db, delivery)
            db.execute(
                "INSERT INTO dead_letters (topic, subscription, body) VALUES (?, ?, ?)",
                (topic, subscription, json.dumps(letter)),
            )

        await self.database.write(work)

    def dead_letters(self, topic: str, subscription: str) -> list[dict[str, Any]]:
        """List the dead letters of a subscription, the oldest first."""
        rows = self.database.reader.execute(
            "SELECT body FROM dead_letters WHERE topic = ? AND subscription = ? ORDER BY n",
            (topic, subscription),
        )
        return [json.loads(body) for (body,) in rows]


def _address(db: sqlite3.Connection, event: int, topic: str, name: str, due: float) -> int:
    made = db.execute(
        "INSERT INTO deliveries (event, topic, subscription, due) VALUES (?, ?, ?, ?)",
        (event, topic, name, due),
    )
    return made.lastrowid or 0


def _forget(db: sqlite3.Connection, delivery: Delivery) -> None:
    db.execute("DELETE FROM deliveries WHERE n = ?", (delivery.number,))
    db.execute(
        "DELETE FROM events WHERE n = ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event = ?)",
        (delivery.event_number, delivery.event_number),
    )
