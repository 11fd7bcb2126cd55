"""Two permanent refusals: a row that the store will never take, and an event that the topic will never take.

Each parks its stream for its consumer, and nothing else, until an operator decides.
"""

from typing import Any

import aiohttp

from emulators.tests.waiting import until
from tests.chaos.cloud import Cloud
from tests.chaos.shoppers import Shopper

FULL, UNWANTED = "FULL-1", "unwanted-1"
ROW, NOTIFICATION = ("projections", f"item-{FULL}"), ("notifications", f"order-{UNWANTED}")
REFUSALS = frozenset({"cosmos/413", "event-grid/400"})


def refusals() -> list[dict[str, Any]]:
    """Give the rules."""
    rows = {"service": "cosmos", "container": "views", "fault": "413", "about": ROW[1]}
    topic = {"service": "event-grid", "operation": "publish", "fault": "400"}
    rules = [{**rows, "operation": operation} for operation in ("create", "replace")]
    return [{**rule, "probability": 1.0} for rule in (*rules, {**topic, "about": NOTIFICATION[1]})]


async def provoke(shopper: Shopper, sku: str) -> None:
    """Let happen what is refused, and more in the same streams."""
    await shopper.send(FULL, "register-item", {"name": FULL, "reorderPoint": 1})
    await shopper.order_and_cancel(UNWANTED, sku)
    await shopper.send(FULL, "receive-stock", {"quantity": 1})


async def decide(made: Cloud) -> tuple[dict[str, int], str]:
    """Wait until both are parked, end the refusals, and decide: the row again, the event never.

    Gives what struck, and what is passed over.
    """
    async with aiohttp.ClientSession(made.hosts[0].url) as http:
        found = await until(
            lambda: _parked(http), lambda parked: parked.keys() >= {ROW, NOTIFICATION}
        )
        struck = await made.faults.fired()
        await made.faults.set(0)
        for place, action in ((ROW, "release"), (NOTIFICATION, "skip")):
            url = f"/api/operations/parked/{'/'.join(place)}/{action}"
            decision = {"reason": "chaos", "by": "ann", "from": found[place]}
            async with http.post(url, json=decision) as response:
                assert response.status == 200, await response.text()
    return struck, f"{NOTIFICATION[1]}@{found[NOTIFICATION]}"


async def _parked(http: aiohttp.ClientSession) -> dict[tuple[str, str], int]:
    """Tell what is parked, and from which version on."""
    async with http.get("/api/operations/parked") as response:
        markers = (await response.json()).get("parked", [])
    return {(one["consumer"], one["stream"]): one["from"] for one in markers}
