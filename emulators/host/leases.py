"""Leases of the change feed: one item a feed range in the lease container, changed only under its etag.

The items have the shape that the .NET SDK gives them: an operator's tools read them.
"""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from emulators.host.balancing import Holding


class LeaseLostError(Exception):
    """Another host has taken the lease."""


@dataclass(slots=True)
class Lease:
    """The right to process one feed range, and the place that was reached in it."""

    container: ContainerProxy
    id: str
    number: int
    range: Mapping[str, Any]
    owner: str
    seconds: float
    item: dict[str, Any] = field(default_factory=dict)
    lost: bool = False
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def continuation(self) -> str | None:
        """The place that was reached, as the SDK names it; None at the beginning."""
        found: str | None = self.item["properties"].get("continuation")
        return found

    async def look(self) -> Holding:
        """Read the lease, and make it when it is missing."""
        try:
            self.item = dict(await self.container.read_item(self.id, partition_key=self.id))
        except CosmosResourceNotFoundError:
            await self._create()
        return Holding(self.id, None if self._expired() else self.item.get("Owner"))

    async def take(self) -> bool:
        """Become the owner, unless the lease has changed since it was looked at."""
        self.lost = False
        try:
            await self._replace(self.owner, self.continuation)
        except LeaseLostError:
            return False
        return True

    async def renew(self) -> None:
        """Stay the owner; raises LeaseLostError."""
        await self._replace(self.owner, self.continuation)

    async def advance(self, continuation: str) -> None:
        """Note the place that was reached; raises LeaseLostError."""
        await self._replace(self.owner, continuation)

    async def release(self) -> None:
        """Let others have it at once; raises LeaseLostError."""
        await self._replace(None, self.continuation)

    def _expired(self) -> bool:
        renewed = datetime.fromisoformat(self.item["timestamp"])
        return datetime.now(UTC) - renewed > timedelta(seconds=self.seconds)

    async def _create(self) -> None:
        item = self._item(None, None)
        try:
            self.item = dict(await self.container.create_item(item))
        except CosmosResourceExistsError:
            self.item = dict(await self.container.read_item(self.id, partition_key=self.id))

    async def _replace(self, owner: str | None, continuation: str | None) -> None:
        async with self._busy:
            try:
                replaced = await self.container.replace_item(
                    self.id,
                    self._item(owner, continuation),
                    etag=self.item["_etag"],
                    match_condition=MatchConditions.IfNotModified,
                )
            except (CosmosAccessConditionFailedError, CosmosResourceNotFoundError) as error:
                self.lost = True
                raise LeaseLostError(self.id) from error
            self.item = dict(replaced)

    def _item(self, owner: str | None, continuation: str | None) -> dict[str, Any]:
        return {
            "id": self.id,
            "version": 0,
            "LeaseToken": str(self.number),
            "FeedRange": {"Range": {"min": self.range["min"], "max": self.range["max"]}},
            "Owner": owner,
            "ContinuationToken": _sequence_number(continuation),
            "properties": {"continuation": continuation} if continuation else {},
            "timestamp": datetime.now(UTC).isoformat(),
        }


def _sequence_number(continuation: str | None) -> str | None:
    """Give the place as the .NET SDK names it: the number of the last transaction, in quotes."""
    if continuation is None:
        return None
    place: str = json.loads(base64.b64decode(continuation))["continuation"]["continuation"][0][
        "token"
    ]
    return place
