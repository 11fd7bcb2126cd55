"""Scheduled commands on the local stack: one is decided at its time, and one is cancelled."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from emulators.tests.waiting import until
from tests.local.names import Names
from tests.local.running import Running
from tests.local.shopping import ask, happened, post

# The timer is due once a minute.
pytestmark = pytest.mark.proof


async def test_a_command_comes_at_its_time_unless_it_is_cancelled(
    stack: Running, own: Names
) -> None:
    async with aiohttp.ClientSession(stack.url) as http:
        path = f"/api/item/{own('SKU')}"
        await post(http, f"{path}/register-item", {"name": "Tea", "reorderPoint": 0})

        async def scheduled(quantity: int, time: str) -> str:
            later = {"Prefer": "respond-async", "Not-Before": time}
            told = await post(http, f"{path}/receive-stock", {"quantity": quantity}, **later)
            assert (await ask(http, told["status"]))["outcome"] == "scheduled"
            status: str = told["status"]
            return status

        now = datetime.now(UTC)
        soon = await scheduled(1, (now + timedelta(seconds=2)).isoformat())
        never = await scheduled(2, format_datetime(now + timedelta(days=1), usegmt=True))
        for _ in range(2):
            async with http.delete(never) as response:
                assert (response.status, (await response.json())["outcome"]) == (200, "cancelled")

        done = await until(lambda: ask(http, soon), lambda told: told["outcome"] == "done")
        assert done["events"][0]["data"] == {"quantity": 1}
        async with http.delete(soon) as response:
            assert (response.status, (await response.json())["code"]) == (409, "handed-over")
        assert (await ask(http, never))["outcome"] == "cancelled"
        assert await happened(http, f"item-{own('SKU')}") == ["ItemRegistered", "StockReceived"]
