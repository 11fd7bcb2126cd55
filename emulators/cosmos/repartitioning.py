"""Physical partitions that split in two, or merge with a neighbour: new ones take the place of the old.

Items keep the numbers of their transactions, and new ones go on behind those of all parents: whoever goes on from
a place in a parent, with the keys of that parent, misses nothing and sees nothing twice.
"""

import sqlite3
from collections.abc import Sequence

from emulators.cosmos.ranges import KeyRange

SCHEMA = """
CREATE TABLE IF NOT EXISTS ancestors (
    container INTEGER, rng TEXT, ancestor TEXT, PRIMARY KEY (container, rng, ancestor));
"""


def ranges_of(db: sqlite3.Connection, container: int) -> list[KeyRange]:
    """List the ranges that there are now, in the order of their keys."""
    find = "SELECT id, lo, hi FROM ranges WHERE container = ? ORDER BY lo"
    return [KeyRange(*row) for row in db.execute(find, (container,))]


def ancestors_of(db: sqlite3.Connection, container: int, range_: str) -> list[str]:
    """List all ranges that a range has come from, the oldest first."""
    find = "SELECT ancestor FROM ancestors WHERE container = ? AND rng = ?"
    return sorted((row[0] for row in db.execute(find, (container, range_))), key=int)


def descendants_of(db: sqlite3.Connection, container: int, range_: str) -> list[str]:
    """List the ranges that a range has become."""
    find = "SELECT rng FROM ancestors WHERE container = ? AND ancestor = ?"
    return [row[0] for row in db.execute(find, (container, range_))]


def split(db: sqlite3.Connection, container: int, asked: str | None) -> None:
    """Halve a range, or the widest one; a range too narrow stays as it is."""
    known = ranges_of(db, container)
    parent = next((one for one in known if one.id == asked), max(known, key=lambda one: one.width))
    middle = parent.middle()
    if middle is not None:
        halves = (parent.first, middle), (middle, parent.beyond)
        _replace(db, container, [parent], halves)


def merge(db: sqlite3.Connection, container: int, asked: str | None) -> None:
    """Merge a range, or the narrowest one, with a neighbour; one that has none stays as it is."""
    known = ranges_of(db, container)
    one = next((one for one in known if one.id == asked), min(known, key=lambda one: one.width))
    place = min(known.index(one), len(known) - 2)
    if place >= 0:
        parents = known[place : place + 2]
        _replace(db, container, parents, [(parents[0].first, parents[1].beyond)])


def _replace(
    db: sqlite3.Connection,
    container: int,
    parents: Sequence[KeyRange],
    bounds: Sequence[tuple[str, str]],
) -> None:
    """Put new ranges, with numbers that no range has had, in the place of others."""
    find = "SELECT MAX(lsn) FROM ranges WHERE container = ? AND id IN (?, ?)"
    lsn = db.execute(find, (container, parents[0].id, parents[-1].id)).fetchone()[0]
    line = {one.id for one in parents}
    line |= {old for one in parents for old in ancestors_of(db, container, one.id)}
    for first, beyond in bounds:
        child = str(newest(db, container) + 1)
        new = (container, child, first, beyond, lsn)
        db.execute("INSERT INTO ranges VALUES (?, ?, ?, ?, ?)", new)
        db.executemany(
            "INSERT INTO ancestors VALUES (?, ?, ?)", [(container, child, old) for old in line]
        )
        for parent in parents:
            db.execute(
                "UPDATE items SET rng = ? WHERE container = ? AND rng = ? AND epk >= ? AND epk < ?",
                (child, container, parent.id, first, beyond),
            )
    for parent in parents:
        gone = (container, parent.id)
        db.execute("DELETE FROM ranges WHERE container = ? AND id = ?", gone)
        db.execute("DELETE FROM ancestors WHERE container = ? AND rng = ?", gone)


def newest(db: sqlite3.Connection, container: int) -> int:
    """Give the number of the range that was made last."""
    find = "SELECT MAX(CAST(id AS INTEGER)) FROM ranges WHERE container = ?"
    return int(db.execute(find, (container,)).fetchone()[0])
