"""A lease of the change feed: an item in the lease container, changed only under its etag.

The items have the shape that the .NET SDK gives them: an operator's tools read them.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosResourceNotFoundError,
)

from emulators.host.balancing import Holding
from emulators.host.stretches import Stretch


class LeaseLostError(Exception):
    """Another host has taken the lease, or handed it over."""


@dataclass(slots=True)
class Lease:
    """The right to process one stretch of the feed, and the place that was reached in it.

    `running`: a batch of it is with the function now.
    """

    container: ContainerProxy
    owner: str
    seconds: float
    item: dict[str, Any]
    lost: bool = False
    running: bool = False
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def id(self) -> str:
        """The id of its item."""
        found: str = self.item["id"]
        return found

    @property
    def stretch(self) -> Stretch:
        """The keys that it is about."""
        bounds = self.item["FeedRange"]["Range"]
        return Stretch(bounds["min"], bounds["max"])

    @property
    def is_of_range(self) -> bool:
        """Whether it names a range by its id; what a merge has left has nothing but its bounds."""
        return bool(self.item["version"] == 0)

    @property
    def place(self) -> str | None:
        """The place that was reached: the etag of a page; None at the beginning."""
        found: str | None = self.item["ContinuationToken"]
        return found

    def holding(self) -> Holding:
        """Tell who holds it, if anybody still does."""
        return Holding(self.id, None if self._expired() else self.item.get("Owner"))

    async def take(self) -> bool:
        """Become the owner, unless the lease has changed since it was looked at."""
        self.lost = False
        try:
            await self._replace(self.owner, self.place)
        except LeaseLostError:
            return False
        return True

    async def renew(self) -> None:
        """Stay the owner; raises LeaseLostError."""
        await self._replace(self.owner, self.place)

    async def advance(self, place: str) -> None:
        """Note the place that was reached; raises LeaseLostError."""
        await self._replace(self.owner, place)

    async def release(self) -> None:
        """Let others have it at once; raises LeaseLostError."""
        await self._replace(None, self.place)

    def _expired(self) -> bool:
        renewed = self.item["timestamp"]
        if renewed is None:
            return True
        return datetime.now(UTC) - datetime.fromisoformat(renewed) > timedelta(seconds=self.seconds)

    async def _replace(self, owner: str | None, place: str | None) -> None:
        async with self._busy:
            changed = {"Owner": owner, "ContinuationToken": place, "timestamp": _now()}
            try:
                replaced = await self.container.replace_item(
                    self.id,
                    self.item | changed,
                    etag=self.item["_etag"],
                    match_condition=MatchConditions.IfNotModified,
                )
            except (CosmosAccessConditionFailedError, CosmosResourceNotFoundError) as error:
                self.lost = True
                raise LeaseLostError(self.id) from error
            self.item = dict(replaced)


def new_item(
    prefix: str, range_: Mapping[str, Any] | None, stretch: Stretch, place: str | None
) -> dict[str, Any]:
    """Write a lease that nobody has had; for a whole range, or for a part of one that has merged."""
    token = range_["id"] if range_ is not None else f"{stretch.first}-{stretch.beyond}"
    return {
        "id": f"{prefix}..{token}",
        "version": 0 if range_ is not None else 1,
        "LeaseToken": token,
        "FeedRange": {"Range": {"min": stretch.first, "max": stretch.beyond}},
        "Owner": None,
        "ContinuationToken": place,
        "properties": {},
        "timestamp": None,
        "Mode": "Incremental Feed",
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()
