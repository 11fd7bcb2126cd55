"""The end of a world: calm weather, in which everything must come right."""

import asyncio
from collections.abc import Callable

from tests.simulation.cloud import Cloud
from tests.simulation.told import Told
from tests.simulation.virtual_time import sleep

SETTLE = 120.0
"""Virtual seconds after the last fault."""


async def settle(cloud: Cloud, told: Told, check: Callable[[Cloud, Told], list[str]]) -> list[str]:
    """Wait until nothing waits and every row is right; once the weather is calm, that must come."""
    end = asyncio.get_running_loop().time() + SETTLE
    while asyncio.get_running_loop().time() < end:
        await sleep(1.0)
        if cloud.settled() and not check(cloud, told):
            return []
        if cloud.watch.wrong or cloud.back or told.wrong:
            # What was wrong already does not settle.
            return check(cloud, told)
    return [*check(cloud, told), "it never settled"]
