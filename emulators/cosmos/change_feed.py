"""The change feed of one physical range: the latest version of each item, in the order of transactions.

A page never cuts a transaction; within one, items come in any order (here: shuffled by its number).
"""

import random
import sqlite3
from dataclasses import dataclass

from emulators.cosmos.containers import Container
from emulators.cosmos.items import COLUMNS, Stored

LARGEST_PAGE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Slice:
    """What part of a range is asked for: from an LSN on, a stretch of effective keys, a page size."""

    range: str
    after: int
    first_key: str
    beyond_key: str
    size: int


def current_lsn(db: sqlite3.Connection, container: Container, range_: str) -> int:
    """Give the number of the last transaction of a range."""
    row = db.execute(
        "SELECT lsn FROM ranges WHERE container = ? AND id = ?", (container.number, range_)
    ).fetchone()
    return int(row[0]) if row else 0


def page(db: sqlite3.Connection, container: Container, asked: Slice) -> tuple[list[Stored], int]:
    """Give the next items and the LSN up to which they reach."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM items INDEXED BY feed"  # noqa: S608 - own names
        " WHERE container = ? AND rng = ? AND lsn > ? AND epk >= ? AND epk < ? ORDER BY lsn, n",
        (container.number, asked.range, asked.after, asked.first_key, asked.beyond_key),
    )
    transactions: dict[int, list[Stored]] = {}
    size = 0
    for count, row in enumerate(rows):
        stored = Stored(*row)
        size += len(stored.body)
        is_full = count >= asked.size or (size > LARGEST_PAGE and count > 0)
        if is_full and stored.lsn not in transactions:
            break
        transactions.setdefault(stored.lsn, []).append(stored)
    found: list[Stored] = []
    for lsn, items in transactions.items():
        random.Random(lsn).shuffle(items)  # noqa: S311 - a repeatable disorder, no secret
        found += items
    return found, max(transactions, default=asked.after)


def with_lsn(stored: Stored, container: Container) -> str:
    """Show an item as the feed does."""
    return f'{stored.text(container)[:-1]},"_lsn":{stored.lsn}}}'


def lsn_before(db: sqlite3.Connection, container: Container, range_: str, moment: float) -> int:
    """Give the number of the last transaction before a moment, as far as a start needs it."""
    row = db.execute(
        "SELECT MIN(lsn) FROM items WHERE container = ? AND rng = ? AND written >= ?",
        (container.number, range_, moment),
    ).fetchone()
    return current_lsn(db, container, range_) if row[0] is None else int(row[0]) - 1
