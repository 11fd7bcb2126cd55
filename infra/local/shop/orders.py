"""What customers order: a few things at once, in all more than there is; and what they do about it later."""

import asyncio
import random
import time
from dataclasses import dataclass

import aiohttp

from infra.local.shop.clients import Client, Ledger
from infra.local.shop.outsiders import Outsiders

HASTY, SORRY, DISPATCHED = 0.05, 0.1, 0.4
"""Of the orders some are called off at once; of those that are confirmed some later, and some leave the house."""


@dataclass(frozen=True, slots=True)
class Orders:
    """How much is ordered, by whom, of what; one seed gives one sequence of wishes for each customer."""

    seed: int = 1
    orders: int = 2_000
    customers: int = 100
    items: int = 50
    pieces: int = 140
    timeout: float = 300.0

    @property
    def skus(self) -> list[str]:
        """All items that can be ordered."""
        return [f"SKU-{number}" for number in range(1, self.items + 1)]


@dataclass(slots=True)
class Customer:
    """Orders, and looks afterwards at what has become of it."""

    wishes: Orders
    number: int
    client: Client
    outsiders: Outsiders

    async def order(self) -> None:
        """Place orders one after the other, then see to each as it ends; what hangs is left, and found later."""
        count = len(range(self.number, self.wishes.orders, self.wishes.customers))
        waiting = [f"{self.number}-{number}" for number in range(count)]
        for id_ in waiting:
            await self._place(id_)
        over = time.monotonic() + self.wishes.timeout
        while waiting and time.monotonic() < over:
            # Nothing tells a customer when an order is through: it has to be asked.
            await asyncio.sleep(self.client.dice.uniform(0.5, 1.5))
            ends = await self._ends()
            for id_ in filter(ends.get, waiting):
                await self._see_to(id_, ends[id_])
            waiting = [id_ for id_ in waiting if id_ not in ends]

    async def _place(self, id_: str) -> None:
        dice = self.client.dice
        skus = sorted(dice.sample(self.wishes.skus, dice.randint(1, 5)))
        lines = [{"sku": sku, "quantity": dice.randint(1, 3)} for sku in skus]
        body = {"customerId": f"C{self.number}", "lines": lines}
        await self.client.send(id_, "place-order", body, "order")
        if dice.random() < HASTY:
            await self.client.send(id_, "cancel-order", {}, "order")

    async def _see_to(self, id_: str, status: str) -> None:
        dice = self.client.dice
        chance = dice.random()
        if status == "confirmed" and chance < SORRY:
            await self.client.send(id_, "cancel-order", {}, "order")
        elif status == "confirmed" and chance < SORRY + DISPATCHED:
            await self.outsiders.dispatch(id_, f"C{self.number}", dice)

    async def _ends(self) -> dict[str, str]:
        """Ask what the customer's orders have come to, as far as they are through."""
        url = f"{self.client.url}/api/views/customers/C{self.number}"
        async with self.client.http.get(url) as answer:
            found = {
                str(row["stream"]).removeprefix("order-"): str(row["data"]["status"])
                for row in (await answer.json()).get("rows", ())
            }
        return {id_: status for id_, status in found.items() if status not in {"placed", "unknown"}}


async def order(wishes: Orders, url: str, secret: str, ledger: Ledger) -> Outsiders:
    """Put something on the shelves, and let all customers order; gives what others told."""
    connections = aiohttp.TCPConnector(limit=wishes.customers)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connections, timeout=timeout) as http:
        outsiders = Outsiders(http, url, secret)
        clients = [
            Client(http, url, ledger, random.Random(f"{wishes.seed}/customer/{number}"))  # noqa: S311 - dice
            for number in range(wishes.customers)
        ]
        customers = [Customer(wishes, n, one, outsiders) for n, one in enumerate(clients)]
        await asyncio.gather(*(_fill(wishes, client, n) for n, client in enumerate(clients)))
        supplies = asyncio.create_task(_supply(wishes, outsiders))
        await asyncio.gather(*(customer.order() for customer in customers))
        await supplies
    return outsiders


async def _fill(wishes: Orders, client: Client, number: int) -> None:
    for sku in wishes.skus[number :: wishes.customers]:
        await client.send(sku, "register-item", {"name": f"Thing {sku}", "reorderPoint": 20})
        await client.send(sku, "receive-stock", {"quantity": wishes.pieces})


async def _supply(wishes: Orders, outsiders: Outsiders) -> None:
    dice = random.Random(f"{wishes.seed}/supplier")  # noqa: S311 - dice
    for sku in wishes.skus:
        await outsiders.deliver(sku, dice.randint(5, 15), dice)
