"""All leases of one trigger: made at the first start, listed, and handed over when ranges split or merge.

As in Azure: while they are made a lock stands beside them, and from then on an item which says that they were.
Nobody makes leases while it is there, so that one which is deleted is never made again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosResourceExistsError, CosmosResourceNotFoundError

from emulators.host.leases import Lease, new_item
from emulators.host.stretches import bounds_of, heirs

LOCKED = 30
"""Seconds that the lock lives, in a container that lets items expire."""
LOOKS = 15.0
"""Seconds until a host that found the lock looks again."""

_UNDER = "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix)"


@dataclass(frozen=True, slots=True)
class LeaseStore:
    """The leases under a prefix; `seconds` until one expires, `pace` how fast time goes."""

    container: ContainerProxy
    prefix: str
    owner: str
    seconds: float
    pace: float

    async def prepare(self, ranges: Sequence[Mapping[str, Any]]) -> None:
        """Make the leases, unless that was done; waits, without a word, while another host does it."""
        while not await self._is_there("info"):
            if not await self._create({"id": self._beside("lock"), "ttl": self._seconds_locked()}):
                await asyncio.sleep(LOOKS / self.pace)
                continue
            try:
                for one in ranges:
                    await self._create(new_item(self.prefix, one, bounds_of(one), None))
                await self._create({"id": self._beside("info")})
            finally:
                await self._delete(self._beside("lock"))

    async def all(self) -> list[Lease]:
        """List the leases that there are."""
        prefix: list[dict[str, Any]] = [{"name": "@prefix", "value": f"{self.prefix}.."}]
        found = [dict(one) async for one in self.container.query_items(_UNDER, parameters=prefix)]
        return [Lease(self.container, self.owner, self.seconds, one) for one in found]

    async def hand_over(self, lease: Lease, ranges: Sequence[Mapping[str, Any]]) -> bool:
        """Put others in the place of a lease whose range is gone, each from its place on; False if it is right."""
        found = heirs(lease.stretch, ranges, is_of_range=lease.is_of_range)
        for heir in found:
            await self._create(new_item(self.prefix, heir.range, heir.stretch, lease.place))
        if found:
            lease.lost = True
            await self._delete(lease.id)
        return bool(found)

    def _beside(self, kind: str) -> str:
        return f"{self.prefix}.{kind}"

    def _seconds_locked(self) -> int:
        return max(1, round(LOCKED / self.pace))

    async def _is_there(self, kind: str) -> bool:
        id_ = self._beside(kind)
        try:
            await self.container.read_item(id_, partition_key=id_)
        except CosmosResourceNotFoundError:
            return False
        return True

    async def _delete(self, id_: str) -> None:
        with suppress(CosmosResourceNotFoundError):
            await self.container.delete_item(id_, partition_key=id_)

    async def _create(self, item: dict[str, Any]) -> bool:
        try:
            await self.container.create_item(item)
        except CosmosResourceExistsError:
            return False
        return True
