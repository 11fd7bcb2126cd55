"""Databases and containers: what they are called, and how their items are partitioned and kept apart."""

import base64
import json
import sqlite3
import struct
import uuid
from dataclasses import dataclass
from typing import Any

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.ranges import tile

SCHEMA = """
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


@dataclass(frozen=True, slots=True)
class Container:
    """A container as requests need it."""

    number: int
    rid: str
    name: str
    path: tuple[str, ...]
    unique_keys: tuple[tuple[tuple[str, ...], ...], ...]
    composites: frozenset[tuple[tuple[tuple[str, ...], bool], ...]]
    ranges: int
    body: dict[str, Any]


def database_body(number: int, name: str) -> dict[str, Any]:
    """Show a database."""
    rid = base64.b64encode(struct.pack(">I", number)).decode()
    return {"id": name, "_rid": rid, "_self": f"dbs/{rid}/", "_etag": '"0"', "_ts": 0}


def create_database(db: sqlite3.Connection, name: str) -> dict[str, Any]:
    """Create a database; 409 when there is one."""
    try:
        cursor = db.execute("INSERT INTO databases (id) VALUES (?)", (name,))
    except sqlite3.IntegrityError:
        raise CosmosError(409, f"Database {name!r} exists.") from None
    return database_body(cursor.lastrowid or 0, name)


def find_database(db: sqlite3.Connection, name: str) -> dict[str, Any]:
    """Find a database; 404 when there is none."""
    row = db.execute("SELECT n FROM databases WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise CosmosError(404, f"There is no database {name!r}.")
    return database_body(row[0], name)


def create_container(
    db: sqlite3.Connection, database: str, given: dict[str, Any], ranges: int
) -> dict[str, Any]:
    """Create a container; 409 when there is one, 400 for what is not supported."""
    key = given.get("partitionKey") or {}
    if key.get("kind", "Hash") != "Hash" or len(key.get("paths", [])) != 1:
        raise unsupported("partition keys other than one hashed path")
    parent = find_database(db, database)
    number = db.execute("SELECT n FROM databases WHERE id = ?", (database,)).fetchone()[0]
    try:
        cursor = db.execute(
            "INSERT INTO containers (db, id, body) VALUES (?, ?, '')", (number, given["id"])
        )
    except sqlite3.IntegrityError:
        raise CosmosError(409, f"Container {given['id']!r} exists.") from None
    made = cursor.lastrowid or 0
    rid = base64.b64encode(struct.pack(">II", number, 0x80000000 | made)).decode()
    body = {
        **{name: value for name, value in given.items() if value is not None},
        "partitionKey": {"kind": "Hash", "version": 2, **key},
        "_rid": rid,
        "_self": f"{parent['_self']}colls/{rid}/",
        "_etag": f'"{uuid.uuid4()}"',
        "_ts": 0,
    }
    db.execute("UPDATE containers SET body = ? WHERE n = ?", (json.dumps(body), made))
    rows = [(made, id_, low, high) for id_, low, high in tile(ranges)]
    db.executemany("INSERT INTO ranges VALUES (?, ?, ?, ?, 0)", rows)
    for path in _indexed(body):
        db.execute(_index(made, path))
    return body


def delete_container(db: sqlite3.Connection, number: int) -> None:
    """Forget a container and all that is in it."""
    db.execute("DELETE FROM containers WHERE n = ?", (number,))
    for table in ("ranges", "items", "uniques"):
        db.execute(f"DELETE FROM {table} WHERE container = ?", (number,))  # noqa: S608 - own names


def list_containers(db: sqlite3.Connection, database: str) -> list[dict[str, Any]]:
    """List the containers of a database."""
    find_database(db, database)
    rows = db.execute(
        "SELECT c.body FROM containers c JOIN databases d ON d.n = c.db WHERE d.id = ?", (database,)
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
        raise CosmosError(404, f"There is no container {name!r} in {database!r}.")
    body = json.loads(row[1])
    count = db.execute("SELECT COUNT(*) FROM ranges WHERE container = ?", (row[0],)).fetchone()[0]
    policy = body.get("uniqueKeyPolicy") or {}
    return Container(
        number=row[0],
        rid=body["_rid"],
        name=name,
        path=_steps(body["partitionKey"]["paths"][0]),
        unique_keys=tuple(
            tuple(_steps(path) for path in key["paths"]) for key in policy.get("uniqueKeys", [])
        ),
        composites=_composites(body),
        ranges=count,
        body=body,
    )


def _steps(path: str) -> tuple[str, ...]:
    return tuple(step.strip('"') for step in path.split("/") if step)


def _composites(body: dict[str, Any]) -> frozenset[tuple[tuple[tuple[str, ...], bool], ...]]:
    """Name the composite indexes, each as its paths and whether they descend."""
    policy = body.get("indexingPolicy") or {}
    return frozenset(
        tuple((_steps(part["path"]), part.get("order") == "descending") for part in index)
        for index in policy.get("compositeIndexes") or []
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
        f"CREATE INDEX items_{container}_{name} ON items"
        f" (container, pk, json_extract(body, '$.{name}')) WHERE container = {container}"
    )
