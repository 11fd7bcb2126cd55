"""Leases of the change feed: one item a feed range in the lease container, changed only under its etag."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)


class LeaseLostError(Exception):
    """Another host has taken the lease."""


@dataclass(slots=True)
class Lease:
    """The right to process one feed range, and the place that was reached in it."""

    container: ContainerProxy
    id: str
    owner: str
    seconds: float
    item: dict[str, Any] = field(default_factory=dict)
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def continuation(self) -> str | None:
        """The place that was reached; None at the beginning."""
        found: str | None = self.item.get("continuation")
        return found

    async def acquire(self) -> bool:
        """Take the lease if it is free, ours or expired."""
        try:
            self.item = dict(await self.container.read_item(self.id, partition_key=self.id))
        except CosmosResourceNotFoundError:
            return await self._create()
        free = self.item.get("owner") in {None, self.owner}
        if not free and self.item["expires"] > time.time():
            return False
        try:
            await self._replace(self.continuation)
        except LeaseLostError:
            return False
        return True

    async def renew(self) -> None:
        """Stay the owner; raises LeaseLostError."""
        await self._replace(self.continuation)

    async def advance(self, continuation: str) -> None:
        """Note the place that was reached; raises LeaseLostError."""
        await self._replace(continuation)

    async def _create(self) -> bool:
        item = {"id": self.id, "owner": self.owner, "expires": time.time() + self.seconds}
        try:
            self.item = dict(await self.container.create_item(item))
        except CosmosResourceExistsError:
            return False
        return True

    async def _replace(self, continuation: str | None) -> None:
        async with self._busy:
            item = {
                "id": self.id,
                "owner": self.owner,
                "expires": time.time() + self.seconds,
                "continuation": continuation,
            }
            try:
                replaced = await self.container.replace_item(
                    self.id,
                    item,
                    etag=self.item["_etag"],
                    match_condition=MatchConditions.IfNotModified,
                )
            except (CosmosAccessConditionFailedError, CosmosResourceNotFoundError) as error:
                raise LeaseLostError(self.id) from error
            self.item = dict(replaced)
