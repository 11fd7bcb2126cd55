"""Time to live: an item goes when its own or its container's time is over, if the container has one at all."""

import sqlite3
import time
from typing import Any

from emulators.cosmos.errors import CosmosError

LONGEST = 2_147_483_647
NEVER = 1e12


def check_ttl(value: Any, name: str) -> None:  # noqa: ANN401 - JSON
    """Raise 400 unless a time to live is -1 or a number of seconds."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not (value == -1 or 1 <= value <= LONGEST):
        raise CosmosError(
            400,
            f"The input {name} '{value}' is invalid. Ensure to provide a nonzero positive integer"
            f" less than or equal to '{LONGEST}', or -1.",
        )


def index_expiry(db: sqlite3.Connection, container: int, ttl: int | None) -> None:
    """Let the store find at once what has expired of a container."""
    db.execute(f"DROP INDEX IF EXISTS expiry_{container}")
    if ttl is not None:
        db.execute(
            f"CREATE INDEX expiry_{container} ON items ({_ends(ttl)}) WHERE container = {container}"
        )


def expire(db: sqlite3.Connection, container: int, ttl: int | None) -> None:
    """Drop the items of a container whose time is over."""
    if ttl is None:
        return
    over = f"container = {container} AND {_ends(ttl)} <= ?"
    now = (time.time(),)
    if db.execute(f"SELECT 1 FROM items WHERE {over} LIMIT 1", now).fetchone():  # noqa: S608 - numbers
        db.execute(f"DELETE FROM uniques WHERE item IN (SELECT n FROM items WHERE {over})", now)  # noqa: S608
        db.execute(f"DELETE FROM items WHERE {over}", now)  # noqa: S608 - numbers


def _ends(ttl: int) -> str:
    default = NEVER if ttl == -1 else ttl
    own = "json_extract(body, '$.ttl')"
    return f"(written + CASE {own} WHEN -1 THEN {NEVER} ELSE COALESCE({own}, {default}) END)"
