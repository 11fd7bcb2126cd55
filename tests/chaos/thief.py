"""A lease of the publisher that is taken from its owner again and again, whatever it does just then."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy, CosmosClient

from tests.chaos.cloud import Cloud

PAUSE = 1.5


async def steal(made: Cloud, dice: random.Random, over: asyncio.Event) -> int:
    """Give leases to the other host, or to nobody who works, until it is over; tells how many."""
    stolen = 0
    async with CosmosClient.from_connection_string(made.cosmos, retry_total=0) as client:
        leases = client.get_database_client("onewrite").get_container_client("leases")
        while not over.is_set():
            await asyncio.sleep(PAUSE)
            try:
                stolen += await _steal(leases, dice)
            except AzureError:
                # The faults are everybody's, and an owner may have been quicker.
                continue
    return stolen


async def _steal(leases: ContainerProxy, dice: random.Random) -> bool:
    found = [dict(one) async for one in leases.query_items("SELECT * FROM c")]
    owned = [one for one in found if one.get("Owner")]
    if not owned:
        return False
    lease = dice.choice(sorted(owned, key=lambda one: str(one["id"])))
    await leases.replace_item(
        lease["id"],
        {
            **lease,
            "Owner": _another(lease, owned, dice),
            "timestamp": datetime.now(UTC).isoformat(),
        },
        etag=lease["_etag"],
        match_condition=MatchConditions.IfNotModified,
    )
    return True


def _another(lease: Mapping[str, Any], owned: list[dict[str, Any]], dice: random.Random) -> str:
    """Name an owner: of the others the one who does not know of it, or somebody who does nothing with it."""
    others = sorted({str(one["Owner"]) for one in owned} - {str(lease["Owner"])})
    return dice.choice([*others, "nobody"])
