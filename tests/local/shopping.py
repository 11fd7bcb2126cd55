"""What a shop's clients do with a running stack, and what they wait for."""

from typing import Any

import aiohttp

from emulators.tests.waiting import until


async def post(http: aiohttp.ClientSession, path: str, body: object, **headers: str) -> Any:
    async with http.post(path, json=body, headers=headers) as response:
        told = await response.json()
        assert response.status in {200, 202}, told
        return told


async def ask(http: aiohttp.ClientSession, path: str) -> Any:
    async with http.get(path) as response:
        return await response.json()


async def stock(http: aiohttp.ClientSession, sku: str, quantity: int) -> None:
    await post(http, f"/api/item/{sku}/register-item", {"name": sku, "reorderPoint": 2})
    await post(http, f"/api/item/{sku}/receive-stock", {"quantity": quantity})


async def order(
    http: aiohttp.ClientSession, id_: str, lines: dict[str, int], customer: str = "C1"
) -> None:
    ordered = [{"sku": sku, "quantity": n} for sku, n in lines.items()]
    body = {"customerId": customer, "lines": ordered}
    await post(http, f"/api/order/{id_}/place-order", body)


async def ends(http: aiohttp.ClientSession, id_: str, status: str) -> None:
    def wanted(told: Any) -> bool:
        return bool(told.get("rows")) and told["rows"][0]["data"]["status"] == status

    await until(lambda: ask(http, f"/api/views/orders/{id_}"), wanted)


async def available(http: aiohttp.ClientSession, sku: str, quantity: int) -> None:
    def wanted(told: Any) -> bool:
        return bool(told.get("rows")) and told["rows"][0]["data"]["available"] == quantity

    await until(lambda: ask(http, f"/api/views/stock/{sku}"), wanted)


async def happened(http: aiohttp.ClientSession, stream: str) -> list[str]:
    """Returns the types of the events of a stream."""
    told = await ask(http, f"/api/streams/{stream}")
    return [event["type"] for commit in told.get("commits", []) for event in commit["events"]]


async def nobody_is_parked(http: aiohttp.ClientSession) -> None:
    assert await ask(http, "/api/operations/parked") == {"parked": []}
