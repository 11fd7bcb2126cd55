"""Health and lag of a running stack: nothing waits once everything has been projected."""

from typing import Any

import aiohttp

from emulators.tests.waiting import until
from tests.local.names import Names
from tests.local.running import Running

STAGES = ("single_publisher", "projections", "reactions", "notifications", "feeds", "mailbox")


async def get(url: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found


def waiting(lag: dict[str, Any], stage: str) -> int:
    return sum(one["events"] for one in lag["stages"] if one["stage"] == stage)


async def test_lag_is_told_stage_by_stage_and_ends_at_nothing(stack: Running, own: Names) -> None:
    async with aiohttp.ClientSession() as http:
        assert (await get(f"{stack.url}/api/health"))["status"] == "ready"
        for number in range(20):
            url = f"{stack.url}/api/item/{own(str(number))}/register-item"
            async with http.post(url, json={"name": "Teapot", "reorderPoint": 1}) as response:
                assert response.status == 200
        lag = await until(
            lambda: get(f"{stack.url}/api/operations/lag"),
            lambda lag: all(stage["events"] == 0 for stage in lag["stages"]),
        )
        assert [(one["stage"], one["partition"]) for one in lag["stages"]] == [
            (stage, str(n)) for stage in STAGES for n in range(4)
        ]

        # A log that takes nothing: the events wait for the publisher, and their age is told.
        away = {"service": "event-hubs", "fault": "reject", "operation": "send", "probability": 1.0}
        await stack.faults.set(1, away)
        url = f"{stack.url}/api/item/{own('1')}/receive-stock"
        async with http.post(url, json={"quantity": 1}) as response:
            assert response.status == 200
        lag = await until(
            lambda: get(f"{stack.url}/api/operations/lag"),
            # The store tells ages in whole seconds.
            lambda lag: max(one["seconds"] for one in lag["stages"]) > 0,
        )
        assert (waiting(lag, "single_publisher"), waiting(lag, "projections")) == (1, 0)
        assert waiting(lag, "single_publisher") <= sum(one["events"] for one in lag["sweep"])
        assert lag["leases"] == []
