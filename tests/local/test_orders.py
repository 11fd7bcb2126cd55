"""Orders through the running stack: every building block as a function, over HTTP and the log."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from tests.local.running import Running, running

PATIENCE = 30


async def post(http: aiohttp.ClientSession, path: str, body: object, **headers: str) -> Any:
    async with http.post(path, json=body, headers=headers) as response:
        told = await response.json()
        assert response.status in {200, 202}, told
        return told


async def ask(http: aiohttp.ClientSession, path: str) -> Any:
    async with http.get(path) as response:
        return await response.json()


async def until(found: Callable[[], Awaitable[Any]], wanted: Callable[[Any], bool]) -> Any:
    """Ask until the answer is what was hoped for."""
    async with asyncio.timeout(PATIENCE):
        while not wanted(told := await found()):
            await asyncio.sleep(0.05)
    return told


async def stock(http: aiohttp.ClientSession, sku: str, quantity: int) -> None:
    await post(http, f"/api/item/{sku}/register-item", {"name": sku, "reorderPoint": 2})
    await post(http, f"/api/item/{sku}/receive-stock", {"quantity": quantity})


async def order(http: aiohttp.ClientSession, id_: str, **lines: int) -> None:
    ordered = [{"sku": sku, "quantity": n} for sku, n in lines.items()]
    await post(http, f"/api/order/{id_}/place-order", {"customerId": "C1", "lines": ordered})


async def ends(http: aiohttp.ClientSession, id_: str, status: str) -> None:
    def wanted(told: Any) -> bool:
        return bool(told.get("rows")) and told["rows"][0]["data"]["status"] == status

    await until(lambda: ask(http, f"/api/views/orders/{id_}"), wanted)


async def available(http: aiohttp.ClientSession, sku: str, quantity: int) -> None:
    def wanted(told: Any) -> bool:
        return bool(told.get("rows")) and told["rows"][0]["data"]["available"] == quantity

    await until(lambda: ask(http, f"/api/views/stock/{sku}"), wanted)


async def test_orders_go_their_way(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, aiohttp.ClientSession(stack.url) as http:
        await stock(http, "TEA", 5)
        await stock(http, "CUP", 3)

        await order(http, "1", TEA=2, CUP=3)
        await ends(http, "1", "confirmed")
        await order(http, "2", TEA=2, CUP=1)
        await ends(http, "2", "rejected")
        await available(http, "TEA", 3)
        await post(http, "/api/order/1/cancel-order", {})
        await ends(http, "1", "cancelled")
        await available(http, "TEA", 5)
        await available(http, "CUP", 3)

        customer = await ask(http, "/api/views/customers/C1")
        assert [row["data"]["status"] for row in customer["rows"]] == ["cancelled", "rejected"]
        await until(
            lambda: ask(http, "/api/views/replenishment/CUP"),
            lambda told: bool(told.get("rows")) and told["rows"][0]["data"]["requests"] == 1,
        )
        await nobody_is_parked(stack, http)


async def nobody_is_parked(stack: Running, http: aiohttp.ClientSession) -> None:
    told = await ask(http, f"{stack.url}/api/operations/parked")
    assert told == {"parked": []}


async def test_a_command_may_wait_in_the_mailbox(tmp_path: Path) -> None:
    async with running(tmp_path) as stack, aiohttp.ClientSession(stack.url) as http:
        later = {"Prefer": "respond-async", "Idempotency-Key": "k1"}
        register = {"name": "Tea", "reorderPoint": 0}
        queued = await post(http, "/api/item/TEA/register-item", register, **later)

        told = await until(lambda: ask(http, queued["status"]), lambda t: t["outcome"] != "pending")
        again = await post(
            http, "/api/item/TEA/register-item", register, **{"Idempotency-Key": "k1"}
        )

        assert (told["outcome"], told["version"]) == ("done", 1)
        assert again["events"] == told["events"]

        later["Idempotency-Key"] = "k2"
        queued = await post(http, "/api/item/TEA/register-item", register, **later)
        told = await until(lambda: ask(http, queued["status"]), lambda t: t["outcome"] != "pending")
        assert (told["outcome"], told["refusal"]) == ("refused", "item-registered-already")
