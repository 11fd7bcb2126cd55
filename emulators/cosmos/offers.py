"""Throughput that a database or container was given: each is an offer, which can be read, asked for and replaced.

It says how many physical partitions there are. Nothing is throttled by it.
"""

import json
import sqlite3
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from emulators.cosmos import words
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.repartitioning import ranges_of, split

SCHEMA = """
CREATE TABLE IF NOT EXISTS offers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, db INTEGER, container INTEGER, body TEXT);
"""
DEFAULT = LEAST = 400
LEAST_AUTOSCALED = 1_000
MOST = 1_000_000
STEP, STEP_AUTOSCALED = 100, 1_000
FIRST_OF_A_RANGE = 6_000
MOST_OF_A_RANGE = 10_000

MANUAL, AUTOSCALED = "x-ms-offer-throughput", "x-ms-cosmos-offer-autopilot-settings"


@dataclass(frozen=True, slots=True)
class Throughput:
    """Request units a second: as many as `manual`, or up to the maximum that the settings of autoscale name."""

    manual: int | None
    autoscale: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self | None:
        """Read what the headers of a creation ask for; None when they ask for nothing."""
        manual, autoscale = headers.get(MANUAL), headers.get(AUTOSCALED)
        if manual is None and autoscale is None:
            return None
        try:
            return cls(
                None if manual is None else int(manual),
                None if autoscale is None else json.loads(autoscale),
            ).checked()
        except ValueError:
            raise CosmosError(400, words.BAD_THROUGHPUT) from None

    @property
    def most(self) -> int:
        """The request units that are there at most."""
        most = self.manual if self.autoscale is None else self.autoscale.get("maxThroughput")
        if not isinstance(most, int) or isinstance(most, bool):
            raise CosmosError(400, words.BAD_THROUGHPUT)
        return most

    def checked(self) -> Self:
        """Return it; 400 for what cannot be provisioned."""
        if self.manual is not None and self.autoscale is not None:
            raise CosmosError(400, f"Either {MANUAL} or {AUTOSCALED} is given, not both.")
        if self.autoscale is not None and not isinstance(self.autoscale, dict):
            raise CosmosError(400, f"The value of {AUTOSCALED} is no object.")
        scaled = self.autoscale is not None
        least, step = (LEAST_AUTOSCALED, STEP_AUTOSCALED) if scaled else (LEAST, STEP)
        if not least <= self.most <= MOST or self.most % step:
            too_little = f" Requested throughput {self.most} is less than required minimum throughput {least}."
            raise CosmosError(
                400,
                f"The offer should have valid throughput values between {least} and {MOST} inclusive"
                f" in increments of {step}.{too_little if self.most < least else ''}",
            )
        return self

    def content(self) -> dict[str, Any]:
        """Show it as an offer does."""
        if self.autoscale is None:
            return {"offerThroughput": self.most}
        return {"offerThroughput": self.most // 10, "offerAutopilotSettings": self.autoscale}


def ranges_at_first(throughput: Throughput) -> int:
    """Tell in how many physical partitions a container begins."""
    return -(-throughput.most // FIRST_OF_A_RANGE)


def give(
    db: sqlite3.Connection,
    of: Mapping[str, Any],
    database: int,
    container: int | None,
    given: Throughput,
) -> None:
    """Give throughput to a database, or to a container in it."""
    cursor = db.execute("INSERT INTO offers (db, container) VALUES (?, ?)", (database, container))
    id_ = write_id(cursor.lastrowid or 0)
    body = {
        "id": id_,
        "_rid": id_,
        "_self": f"offers/{id_}/",
        "offerVersion": "V2",
        "offerType": "Invalid",
        "resource": of["_self"],
        "offerResourceId": of["_rid"],
        "content": given.content(),
    }
    _keep(db, cursor.lastrowid or 0, body)


def is_shared(db: sqlite3.Connection, database: int) -> bool:
    """Tell whether a database has throughput that its containers share."""
    find = "SELECT 1 FROM offers WHERE db = ? AND container IS NULL"
    return db.execute(find, (database,)).fetchone() is not None


def listed(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """List all offers."""
    return [json.loads(body) for (body,) in db.execute("SELECT body FROM offers ORDER BY n")]


def find(db: sqlite3.Connection, id_: str) -> dict[str, Any]:
    """Find an offer; 404 when there is none."""
    for offer in listed(db):
        if offer["id"].lower() == id_.lower():
            return offer
    raise CosmosError(404, words.NO_RESOURCE, hint=f"there is no offer {id_!r}")


def replace(db: sqlite3.Connection, id_: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Change a throughput; physical partitions split, at once, until they can give it."""
    body, content = find(db, id_), given.get("content")
    if not isinstance(content, dict):
        raise CosmosError(400, words.NO_CONTENT)
    scaled = content.get("offerAutopilotSettings")
    asked = Throughput(None if scaled else content.get("offerThroughput"), scaled).checked()
    number, container = db.execute(
        "SELECT n, container FROM offers WHERE json_extract(body, '$.id') = ?", (body["id"],)
    ).fetchone()
    if container is not None:
        while len(ranges_of(db, container)) * MOST_OF_A_RANGE < asked.most:
            split(db, container, None)
    return _keep(db, number, {**body, "content": asked.content()})


def write_id(number: int) -> str:
    """Write the id of an offer, as short as those of the service."""
    return f"{number:04d}"


def _keep(db: sqlite3.Connection, number: int, body: dict[str, Any]) -> dict[str, Any]:
    body = {**body, "_etag": f'"{uuid.uuid4()}"', "_ts": int(time.time())}
    db.execute("UPDATE offers SET body = ? WHERE n = ?", (json.dumps(body), number))
    return body
