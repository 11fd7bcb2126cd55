"""Links by resource id: the same databases, containers and items as by name."""

import sqlite3
from dataclasses import replace

from emulators.cosmos.request import Resource
from emulators.cosmos.rids import read_rid


def by_name(db: sqlite3.Connection, asked: Resource) -> Resource:
    """Give a resource by its names, if it is asked for by ids; one that is not there stays as it is."""
    if not (database := read_rid(asked.database)):
        return asked
    row = db.execute("SELECT id FROM databases WHERE n = ?", database[:1]).fetchone()
    if row is None or _has(db, "databases", asked.database):
        return asked
    found = replace(asked, database=row[0])
    numbers = read_rid(asked.container)
    if len(numbers) < 2:  # noqa: PLR2004 - database and container
        return found
    row = db.execute("SELECT id FROM containers WHERE n = ?", numbers[1:2]).fetchone()
    if row is None:
        return found
    found = replace(found, container=row[0])
    numbers = read_rid(asked.item)
    if len(numbers) < 3:  # noqa: PLR2004 - database, container and item
        return found
    row = db.execute("SELECT id FROM items WHERE n = ?", numbers[2:]).fetchone()
    return found if row is None else replace(found, item=row[0])


def _has(db: sqlite3.Connection, table: str, name: str) -> bool:
    found = db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (name,))  # noqa: S608 - own names
    return found.fetchone() is not None
