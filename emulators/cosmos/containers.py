"""Databases and containers: what they are called, and how their items are partitioned and kept apart."""

import json
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Any

from emulators.cosmos import offers, words
from emulators.cosmos.definitions import check_definition, check_id
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.expiry import index_expiry
from emulators.cosmos.indexing import Indexing, read_indexing, steps_of
from emulators.cosmos.offers import Throughput
from emulators.cosmos.ranges import Tiling, tile
from emulators.cosmos.repartitioning import SCHEMA as REPARTITIONING
from emulators.cosmos.repartitioning import ranges_of
from emulators.cosmos.rids import read_rid, write_rid

SCHEMA = f"""
{REPARTITIONING}{offers.SCHEMA}
CREATE TABLE IF NOT EXISTS databases (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS containers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, db INTEGER, id TEXT, body TEXT, UNIQUE (db, id));
CREATE TABLE IF NOT EXISTS ranges (
    container INTEGER, id TEXT, lo TEXT, hi TEXT, lsn INTEGER, PRIMARY KEY (container, id));
CREATE TABLE IF NOT EXISTS items (
    n INTEGER PRIMARY KEY AUTOINCREMENT, container INTEGER, rng TEXT, pk TEXT, id TEXT, epk TEXT,
    lsn INTEGER, written REAL, etag TEXT, body TEXT, before TEXT,
    UNIQUE (container, pk, id));
CREATE INDEX IF NOT EXISTS feed ON items (container, rng, lsn, n);
CREATE TABLE IF NOT EXISTS uniques (
    container INTEGER, pk TEXT, value TEXT, item INTEGER, PRIMARY KEY (container, pk, value));
CREATE INDEX IF NOT EXISTS uniques_of ON uniques (item);
"""

_LINKS = {
    "_docs": "docs/",
    "_sprocs": "sprocs/",
    "_triggers": "triggers/",
    "_udfs": "udfs/",
    "_conflicts": "conflicts/",
}
_CHANGING = frozenset({"indexingPolicy", "defaultTtl"})


@dataclass(frozen=True, slots=True)
class Container:
    """A container as requests need it."""

    number: int
    rid: str
    name: str
    path: tuple[str, ...]
    unique_keys: tuple[tuple[tuple[str, ...], ...], ...]
    indexing: Indexing
    ranges: Tiling
    ttl: int | None
    body: dict[str, Any]

    @property
    def numbers(self) -> tuple[int, int]:
        """The numbers of its database and itself, as resource ids have them."""
        return read_rid(self.rid)[0], self.number


def database_body(number: int, name: str) -> dict[str, Any]:
    """Show a database."""
    rid = write_rid(number)
    return {
        "id": name,
        "_rid": rid,
        "_self": f"dbs/{rid}/",
        "_etag": '"0"',
        "_colls": "colls/",
        "_users": "users/",
        "_ts": 0,
    }


def create_database(
    db: sqlite3.Connection, given: dict[str, Any], throughput: Throughput | None = None
) -> dict[str, Any]:
    """Create a database, with throughput for its containers if it is asked for; 409 when there is one."""
    name = check_id(given.get("id"))
    try:
        cursor = db.execute("INSERT INTO databases (id) VALUES (?)", (name,))
    except sqlite3.IntegrityError:
        hint = f"there is a database {name!r}"
        raise CosmosError(409, words.ALREADY_EXISTS, hint=hint) from None
    made = database_body(cursor.lastrowid or 0, name)
    if throughput is not None:
        offers.give(db, made, cursor.lastrowid or 0, None, throughput)
    return made


def find_database(db: sqlite3.Connection, name: str) -> dict[str, Any]:
    """Find a database; 404 when there is none."""
    row = db.execute("SELECT n FROM databases WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise CosmosError(404, words.NO_RESOURCE, hint=f"there is no database {name!r}")
    return database_body(row[0], name)


def list_databases(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """List all databases."""
    return [database_body(*row) for row in db.execute("SELECT n, id FROM databases ORDER BY n")]


def delete_database(db: sqlite3.Connection, name: str) -> None:
    """Forget a database and all that is in it."""
    number = read_rid(find_database(db, name)["_rid"])
    for body in list_containers(db, name):
        delete_container(db, find_container(db, name, body["id"]).number)
    db.execute("DELETE FROM offers WHERE db = ?", number)
    db.execute("DELETE FROM databases WHERE id = ?", (name,))


def create_container(
    db: sqlite3.Connection,
    database: str,
    given: dict[str, Any],
    ranges: int,
    throughput: Throughput | None = None,
) -> dict[str, Any]:
    """Create a container; 409 when there is one, 400 or 501 for one that cannot be.

    Without a word on its throughput, it has so many `ranges`, and the least throughput or that of the database.
    """
    parent = find_database(db, database)
    defined = check_definition(given)
    number = db.execute("SELECT n FROM databases WHERE id = ?", (database,)).fetchone()[0]
    try:
        cursor = db.execute(
            "INSERT INTO containers (db, id, body) VALUES (?, ?, '')", (number, defined["id"])
        )
    except sqlite3.IntegrityError:
        hint = f"there is a container {defined['id']!r}"
        raise CosmosError(409, words.ALREADY_EXISTS, hint=hint) from None
    made = cursor.lastrowid or 0
    rid = write_rid(number, made)
    link = f"{parent['_self']}colls/{rid}/"
    body = {**defined, "_rid": rid, "_self": link, **_LINKS}
    tiles = tile(ranges if throughput is None else offers.ranges_at_first(throughput))
    db.executemany("INSERT INTO ranges VALUES (?, ?, ?, ?, 0)", [(made, *one) for one in tiles])
    if throughput is not None or not offers.is_shared(db, number):
        offers.give(db, body, number, made, throughput or Throughput(offers.DEFAULT))
    return _keep(db, made, body)


def replace_container(
    db: sqlite3.Connection, container: Container, given: dict[str, Any]
) -> dict[str, Any]:
    """Replace what may change of a container: its indexing policy and its time to live."""
    defined, body = check_definition(given), container.body
    if defined["id"] != body["id"]:
        raise CosmosError(400, "The id of a container cannot be changed.")
    if defined["partitionKey"] != body["partitionKey"]:
        raise CosmosError(400, words.KEY_IS_FIXED)
    if defined["uniqueKeyPolicy"] != body["uniqueKeyPolicy"]:
        raise CosmosError(403, words.UNIQUES_ARE_FIXED)
    kept = {name: value for name, value in body.items() if name != "defaultTtl"}
    changed = {name: value for name, value in defined.items() if name in _CHANGING}
    return _keep(db, container.number, {**kept, **changed})


def _keep(db: sqlite3.Connection, number: int, body: dict[str, Any]) -> dict[str, Any]:
    body = {**body, "_etag": f'"{uuid.uuid4()}"', "_ts": int(time.time())}
    db.execute("UPDATE containers SET body = ? WHERE n = ?", (json.dumps(body), number))
    for path in _indexed(body):
        db.execute(_index(number, path))
    index_expiry(db, number, body.get("defaultTtl"))
    return body


def delete_container(db: sqlite3.Connection, number: int) -> None:
    """Forget a container and all that is in it."""
    db.execute("DELETE FROM containers WHERE n = ?", (number,))
    for table in ("ranges", "ancestors", "items", "uniques", "offers"):
        db.execute(f"DELETE FROM {table} WHERE container = ?", (number,))  # noqa: S608 - own names


def list_containers(db: sqlite3.Connection, database: str) -> list[dict[str, Any]]:
    """List the containers of a database."""
    find_database(db, database)
    rows = db.execute(
        "SELECT c.body FROM containers c JOIN databases d ON d.n = c.db WHERE d.id = ?"
        " ORDER BY c.n",
        (database,),
    )
    return [json.loads(body) for (body,) in rows]


def find_container(db: sqlite3.Connection, database: str, name: str) -> Container:
    """Find a container; 404 when there is none."""
    row = db.execute(
        "SELECT c.n, c.body FROM containers c JOIN databases d ON d.n = c.db"
        " WHERE d.id = ? AND c.id = ?",
        (database, name),
    ).fetchone()
    if row is None:
        hint = f"there is no container {name!r} in {database!r}"
        raise CosmosError(404, words.NO_RESOURCE, hint=hint)
    body = json.loads(row[1])
    policy = body.get("uniqueKeyPolicy") or {}
    return Container(
        number=row[0],
        rid=body["_rid"],
        name=name,
        path=steps_of(body["partitionKey"]["paths"][0]),
        unique_keys=tuple(
            tuple(steps_of(path) for path in key["paths"]) for key in policy.get("uniqueKeys", [])
        ),
        indexing=read_indexing(body.get("indexingPolicy")),
        ranges=Tiling.of(ranges_of(db, row[0])),
        ttl=body.get("defaultTtl"),
        body=body,
    )


def _indexed(body: dict[str, Any]) -> list[str]:
    """Name the top-level properties that the indexing policy includes one by one.

    Not the partition key: every index begins with it, and one more would only lead SQLite astray.
    """
    included = (body.get("indexingPolicy") or {}).get("includedPaths", [])
    names = (entry["path"].removeprefix("/").removesuffix("/?") for entry in included)
    [key] = body["partitionKey"]["paths"]
    return [name for name in names if name.isidentifier() and f"/{name}" != key]


def _index(container: int, name: str) -> str:
    return (
        f"CREATE INDEX IF NOT EXISTS items_{container}_{name} ON items"
        f" (container, pk, json_extract(body, '$.{name}')) WHERE container = {container}"
    )
