"""Receipts in the container `outcomes`: one item for each event of others, created once, kept for ever."""

import hashlib

from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.errors import CONFLICT, status, store_error

FOR_EVER = -1
"""The time to live of an item that outlives what its container says (Time to Live in Azure Cosmos DB)."""


class CosmosReceipts:
    """Creates items, and reads the one that was there first."""

    def __init__(self, outcomes: ContainerProxy) -> None:
        self._outcomes = outcomes

    async def first(self, key: str, digest: str) -> str:
        # A key may hold what the id of an item may not.
        id_ = f"received-{hashlib.sha256(key.encode()).hexdigest()}"
        item = {"id": id_, "digest": digest, "ttl": FOR_EVER}
        try:
            await self._outcomes.create_item(item, no_response=True)
        except AzureError as error:
            if status(error) != CONFLICT:
                raise store_error(error) from error
        else:
            return digest
        try:
            found = await self._outcomes.read_item(id_, partition_key=id_)
        except AzureError as error:
            raise store_error(error) from error
        return str(found["digest"])
