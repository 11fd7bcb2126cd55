"""The subscriptions as they are kept in the file, and how many events each has not got."""

import json
import sqlite3
from typing import Any

from emulators.database import Database

type Properties = dict[str, Any]


def load(database: Database) -> dict[tuple[str, str], Properties]:
    """Load all, by topic and name."""
    rows = database.reader.execute("SELECT topic, name, properties FROM subscriptions")
    return {(topic, name): json.loads(text) for topic, name, text in rows}


async def save(database: Database, topic: str, name: str, properties: Properties) -> None:
    """Keep a subscription, new or changed."""
    await database.write(
        lambda db: db.execute(
            "INSERT INTO subscriptions (topic, name, properties) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET properties = excluded.properties",
            (topic, name, json.dumps(properties)),
        )
    )


async def forget(database: Database, topic: str, name: str) -> None:
    """Forget a subscription, what waits for it, and its dead letters."""

    def work(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM subscriptions WHERE topic = ? AND name = ?", (topic, name))
        for table in ("deliveries", "dead_letters"):
            db.execute(
                f"DELETE FROM {table} WHERE topic = ? AND subscription = ?",  # noqa: S608 - own names
                (topic, name),
            )
        db.execute("DELETE FROM events WHERE n NOT IN (SELECT event FROM deliveries)")

    await database.write(work)


def counts(database: Database, topic: str, name: str) -> dict[str, int]:
    """Count what is undelivered, dead-lettered and dropped."""
    row = database.reader.execute(
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE topic = :topic AND subscription = :name),"
        " (SELECT COUNT(*) FROM dead_letters WHERE topic = :topic AND subscription = :name),"
        " (SELECT dropped FROM subscriptions WHERE topic = :topic AND name = :name)",
        {"topic": topic, "name": name},
    ).fetchone()
    return dict(zip(("undelivered", "deadLettered", "dropped"), row, strict=True))
