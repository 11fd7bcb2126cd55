"""Where a query or a feed looks: one partition key, one stretch of effective keys, or everywhere."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from emulators.cosmos.containers import Container
from emulators.cosmos.errors import range_is_gone
from emulators.cosmos.ranges import BEYOND, LOWEST
from emulators.cosmos.request import range_header


@dataclass(frozen=True, slots=True)
class Scope:
    """Narrowed by what is not None."""

    container: Container
    pk: str | None = None
    range: str | None = None
    first: str = LOWEST
    beyond: str = BEYOND

    @property
    def is_single(self) -> bool:
        """Whether all of it lies in one physical range."""
        return self.pk is not None or self.range is not None

    def condition(self) -> tuple[str, list[Any]]:
        """Narrow the items of the container to the scope."""
        found: list[tuple[str, Any]] = []
        if self.pk is not None:
            found.append(("pk = ?", self.pk))
        elif self.range is not None:
            found.append(("rng = ?", self.range))
        if self.first != LOWEST:
            found.append(("epk >= ?", self.first))
        if self.beyond != BEYOND:
            found.append(("epk < ?", self.beyond))
        return " AND ".join(text for text, _ in found) or "TRUE", [value for _, value in found]


def read_scope(
    db: sqlite3.Connection, container: Container, request: web.Request, pk: str | None
) -> Scope:
    """Read where a request looks; 410 for a range that is not there."""
    range_ = range_header(request)
    if range_ is not None:
        find = "SELECT 1 FROM ranges WHERE container = ? AND id = ?"
        if db.execute(find, (container.number, range_)).fetchone() is None:
            raise range_is_gone(range_)
    first = request.headers.get("x-ms-start-epk", LOWEST)
    beyond = request.headers.get("x-ms-end-epk", BEYOND)
    return Scope(container, pk, range_, first, beyond)
