"""What a read sees: replicas may lag behind, unless its level or its session token says more."""

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from emulators.cosmos import change_feed, words
from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError
from emulators.cosmos.items import Stored
from emulators.cosmos.query.execution import Visible
from emulators.cosmos.repartitioning import descendants_of

LEVELS = ("Strong", "BoundedStaleness", "Session", "ConsistentPrefix", "Eventual")
STRONG = frozenset(LEVELS[:2])
SESSION_NOT_AVAILABLE = 1002


@dataclass(slots=True)
class Consistency:
    """The account's level, and how many seconds its replicas lag behind (0: not at all).

    A lagging replica shows an item as it was before its last write, or not at all when that created it;
    a session token that has reached the write, or a strong read, shows it as it is.
    """

    account: str = "Strong"
    lag: float = 0.0

    def view(self, db: sqlite3.Connection, request: web.Request, container: Container) -> Visible:
        """Give the function that shows an item to this request.

        400 for a level over that of the account, 404 for a session that is ahead of every replica.
        """
        level = self._level(request.headers.get("x-ms-consistency-level", self.account))
        told = _session(request.headers.get("x-ms-session-token", ""))
        reached = _inherited(db, container, told)
        if level == "Session":
            for range_, lsn in reached.items():
                if lsn > change_feed.current_lsn(db, container, range_):
                    raise CosmosError(
                        404,
                        "The read session is not available for the input session token.",
                        substatus=SESSION_NOT_AVAILABLE,
                    )
        if not self.lag or level in STRONG:
            return lambda stored: stored.text(container)
        behind = time.time() - self.lag

        def show(stored: Stored) -> str | None:
            if stored.written <= behind or stored.lsn <= reached.get(stored.range, 0):
                return stored.text(container)
            return stored.before

        return show

    def _level(self, asked: str) -> str:
        if asked not in LEVELS:
            raise CosmosError(400, words.bad_header("x-ms-consistency-level", asked))
        if LEVELS.index(asked) < LEVELS.index(self.account):
            raise CosmosError(
                400,
                f"ConsistencyLevel {asked} specified in the request is invalid when service is"
                f" configured with consistency level {self.account}. Ensure the request"
                " consistency level is not stronger than the service consistency level.",
            )
        return asked


def _inherited(
    db: sqlite3.Connection, container: Container, told: Mapping[str, int]
) -> dict[str, int]:
    """Take what a session has seen of a range that is gone for what it has seen of those that it became."""
    reached: dict[str, int] = {}
    for range_, lsn in told.items():
        is_there = range_ in container.ranges.ids
        ranges = [range_] if is_there else descendants_of(db, container.number, range_)
        for one in ranges:
            reached[one] = max(lsn, reached.get(one, 0))
    return reached


def _session(header: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for token in filter(None, header.split(",")):
        range_, _, versions = token.partition(":")
        lsn = versions.split("#")[1:2] or [versions]
        if not lsn[0].isdecimal():
            raise CosmosError(400, words.bad_session(token))
        found[range_] = int(lsn[0])
    return found
