"""Items: created, read, replaced and deleted one at a time, with etags and unique keys."""

import json
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Any

from emulators.cosmos import charge, words
from emulators.cosmos.containers import Container
from emulators.cosmos.definitions import check_id, has_surrogates
from emulators.cosmos.errors import CosmosError, range_is_gone
from emulators.cosmos.expiry import check_ttl
from emulators.cosmos.json_text import depth_of, size_of
from emulators.cosmos.partition_keys import check_key
from emulators.cosmos.query.prefilter import SYSTEM
from emulators.cosmos.ranges import effective_partition_key
from emulators.cosmos.rids import write_rid

LARGEST_ITEM = 2 * 1024 * 1024
LARGEST_ID = 1023
DEEPEST_ITEM = 128
COLUMNS = "n, rng, id, lsn, written, etag, body, before"


@dataclass(frozen=True, slots=True)
class Stored:
    """One item as it stands in the store; `before` is the body that it replaced."""

    number: int
    range: str
    id: str
    lsn: int
    written: float
    etag: str
    body: str
    before: str | None

    def text(self, container: Container) -> str:
        """Show the item with the properties that the system adds, as JSON."""
        rid = write_rid(*container.numbers, self.number)
        system = json.dumps(
            {
                "_rid": rid,
                "_self": f"{container.body['_self']}docs/{rid}/",
                "_etag": self.etag,
                "_attachments": "attachments/",
                "_ts": int(self.written),
            }
        )
        return f"{self.body[:-1]},{system[1:]}" if self.body != "{}" else system


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation came to: a status, the item (if one is shown), its charge, where it was done."""

    status: int
    stored: Stored | None
    charge: float
    range: str = "0"


def find(db: sqlite3.Connection, container: Container, pk: str, id_: str) -> Stored | None:
    """Find an item by its partition key (as JSON) and id."""
    if has_surrogates(id_):
        return None
    row = db.execute(
        f"SELECT {COLUMNS} FROM items WHERE container = ? AND pk = ? AND id = ?",  # noqa: S608
        (container.number, pk, id_),
    ).fetchone()
    return Stored(*row) if row else None


def range_of_key(container: Container, pk: str) -> str:
    """Find the physical range of a partition key."""
    return container.ranges.holding(effective_partition_key(pk))


def next_lsn(db: sqlite3.Connection, container: Container, pk: str) -> int:
    """Count one transaction in the physical partition of a key; 410 when it has just split or merged."""
    range_ = range_of_key(container, pk)
    row = db.execute(
        "UPDATE ranges SET lsn = lsn + 1 WHERE container = ? AND id = ? RETURNING lsn",
        (container.number, range_),
    ).fetchone()
    if row is None:
        raise range_is_gone(range_)
    lsn: int = row[0]
    return lsn


def create(
    db: sqlite3.Connection, container: Container, pk: str, item: dict[str, Any], lsn: int
) -> Done:
    """Create an item; 409 when its id or a unique key is taken."""
    body = _checked(container, pk, item)
    epk = effective_partition_key(pk)
    values = (
        *(container.number, container.ranges.holding(epk), pk, item["id"], epk, lsn),
        *(time.time(), f'"{uuid.uuid4()}"', body),
    )
    try:
        cursor = db.execute(
            "INSERT INTO items (container, rng, pk, id, epk, lsn, written, etag, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
    except sqlite3.IntegrityError:
        raise _taken(item["id"]) from None
    _claim_unique_keys(db, container, pk, item, cursor.lastrowid or 0)
    return Done(201, find(db, container, pk, item["id"]), charge.write(len(body)))


def replace(
    db: sqlite3.Connection,
    container: Container,
    pk: str,
    item: dict[str, Any],
    lsn: int,
    *,
    id_: str,
) -> Done:
    """Replace the item with an id, which may get another one; 404 when there is none, 409 when it is taken."""
    stored = existing(db, container, pk, id_)
    body = _checked(container, pk, item)
    try:
        db.execute(
            "UPDATE items SET id = ?, lsn = ?, written = ?, etag = ?, body = ?, before = ? WHERE n = ?",
            (item["id"], lsn, time.time(), f'"{uuid.uuid4()}"', body, stored.body, stored.number),
        )
    except sqlite3.IntegrityError:
        raise _taken(item["id"]) from None
    db.execute("DELETE FROM uniques WHERE item = ?", (stored.number,))
    _claim_unique_keys(db, container, pk, item, stored.number)
    cost = charge.write(len(body)) + charge.REPLACE_EXTRA
    return Done(200, find(db, container, pk, item["id"]), cost)


def upsert(
    db: sqlite3.Connection, container: Container, pk: str, item: dict[str, Any], lsn: int
) -> Done:
    """Create an item or replace it."""
    if find(db, container, pk, item.get("id", "")) is None:
        return create(db, container, pk, item, lsn)
    return replace(db, container, pk, item, lsn, id_=item["id"])


def delete(db: sqlite3.Connection, container: Container, pk: str, id_: str) -> Done:
    """Delete an item; 404 when there is none."""
    stored = existing(db, container, pk, id_)
    db.execute("DELETE FROM items WHERE n = ?", (stored.number,))
    db.execute("DELETE FROM uniques WHERE item = ?", (stored.number,))
    return Done(204, None, charge.write(len(stored.body)), stored.range)


def delete_key(db: sqlite3.Connection, container: Container, pk: str) -> Done:
    """Delete all items of a partition key, if there are any."""
    next_lsn(db, container, pk)
    key = container.number, pk
    of_key = "SELECT n FROM items WHERE container = ? AND pk = ?"
    db.execute(f"DELETE FROM uniques WHERE item IN ({of_key})", key)  # noqa: S608 - own words
    db.execute("DELETE FROM items WHERE container = ? AND pk = ?", key)
    return Done(200, None, charge.write(0), range_of_key(container, pk))


def existing(db: sqlite3.Connection, container: Container, pk: str, id_: str) -> Stored:
    """Find an item; 404 when there is none."""
    stored = find(db, container, pk, id_)
    if stored is None:
        hint = f"there is no item {id_!r} under the partition key {pk}"
        raise CosmosError(404, words.NO_ENTITY, hint=hint)
    return stored


def check_etag(stored: Stored | None, if_match: str | None, if_none_match: str | None) -> None:
    """Raise 412 when the preconditions do not hold; an item that is not there fails no If-Match here."""
    if if_match not in {None, "*"} and stored is not None and stored.etag != if_match:
        raise CosmosError(412, words.PRECONDITION, hint="the item has another etag")
    if if_none_match == "*" and stored is not None:
        raise CosmosError(412, words.PRECONDITION, hint="the item exists")


def _taken(id_: str) -> CosmosError:
    return CosmosError(409, words.ALREADY_EXISTS, hint=f"an item has the id {id_!r}")


def _checked(container: Container, pk: str, item: dict[str, Any]) -> str:
    check_id(item.get("id"), LARGEST_ID, LARGEST_ID + 1)
    check_key(container.path, item, pk)
    if "ttl" in item:
        check_ttl(item["ttl"], "ttl")
    if depth_of(item) > DEEPEST_ITEM:
        raise CosmosError(400, words.TOO_DEEP)
    kept = {name: value for name, value in item.items() if name not in SYSTEM}
    body = json.dumps(kept, separators=(",", ":"))
    if len(body) > LARGEST_ITEM and size_of(body) > LARGEST_ITEM:
        raise CosmosError(413, words.TOO_LARGE)
    return body


def _claim_unique_keys(
    db: sqlite3.Connection, container: Container, pk: str, item: dict[str, Any], number: int
) -> None:
    for place, paths in enumerate(container.unique_keys):
        value = json.dumps([place, *(_value(item, path) for path in paths)])
        try:
            db.execute(
                "INSERT INTO uniques VALUES (?, ?, ?, ?)", (container.number, pk, value, number)
            )
        except sqlite3.IntegrityError:
            hint = f"the unique key {value} is taken in this partition"
            raise CosmosError(409, words.UNIQUE, hint=hint) from None


def _value(item: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    return item
