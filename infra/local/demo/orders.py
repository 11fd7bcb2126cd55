"""What customers order in a morning: a few items at once, more of some than there is."""

import asyncio
import random

import aiohttp

from infra.local.demo.clients import Client, Ledger
from infra.local.demo.morning import Morning

CUSTOMERS = 8


async def order(morning: Morning, url: str, ledger: Ledger) -> None:
    """Let customers place the orders of a morning, each in its own order."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        clients = [
            Client(http, url, ledger, random.Random(f"{morning.seed}/customer/{number}"))  # noqa: S311 - dice
            for number in range(CUSTOMERS)
        ]
        share = morning.orders // CUSTOMERS
        await asyncio.gather(*(_order(morning, one, n, share) for n, one in enumerate(clients)))


async def _order(morning: Morning, client: Client, customer: int, orders: int) -> None:
    for number in range(orders):
        skus = sorted({morning.pick(client.dice) for _ in range(client.dice.randint(1, 3))})
        lines = [{"sku": sku, "quantity": client.dice.randint(1, 3)} for sku in skus]
        body = {"customerId": f"C{customer}", "lines": lines}
        await client.send(f"C{customer}-{number}", "place-order", body, "order")
