"""What happens in a morning: deliveries, reservations, shipments; a few items are hot, many are cold."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from infra.local.shop.clients import Client, Ledger

type Step = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Morning:
    """How much happens; one seed gives one sequence of wishes for each client."""

    seed: int = 1
    commands: int = 3_000
    clients: int = 16
    hot: int = 4
    cold: int = 56

    @property
    def skus(self) -> list[str]:
        """All items, the hot ones first."""
        hot = [f"HOT-{number}" for number in range(1, self.hot + 1)]
        return hot + [f"COLD-{number}" for number in range(1, self.cold + 1)]

    def pick(self, dice: random.Random) -> str:
        """Pick an item: every second time a hot one."""
        low, high = (0, self.hot) if dice.random() < 0.5 else (self.hot, self.hot + self.cold)
        return self.skus[dice.randrange(low, high)]


async def work(
    morning: Morning, url: str, ledger: Ledger, done: Callable[[], object] = lambda: None
) -> None:
    """Open the warehouse, then let all clients do what they want, each in its own order."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        clients = [
            Client(http, url, ledger, random.Random(f"{morning.seed}/{number}"))  # noqa: S311 - dice
            for number in range(morning.clients)
        ]
        await asyncio.gather(*(_open(morning, client, n) for n, client in enumerate(clients)))
        share = morning.commands // morning.clients
        await asyncio.gather(*(_serve(morning, client, share, done) for client in clients))


async def _open(morning: Morning, client: Client, number: int) -> None:
    for sku in morning.skus[number :: morning.clients]:
        await client.send(sku, "register-item", {"name": f"Thing {sku}", "reorderPoint": 5})
        await client.send(sku, "receive-stock", {"quantity": client.dice.randint(10, 40)})


async def _serve(
    morning: Morning, client: Client, commands: int, done: Callable[[], object]
) -> None:
    for number in range(commands):
        sku, command, body = _wish(morning, client, number)
        answer = await client.send(sku, command, body)
        if command == "reserve-stock" and answer.events:
            client.held.append((sku, body["reservationId"]))
        done()


def _wish(morning: Morning, client: Client, number: int) -> Step:
    dice = client.dice
    chance = dice.random()
    if chance < 0.3 and client.held:
        sku, reservation = client.held.pop(dice.randrange(len(client.held)))
        ended = "ship-reservation" if dice.random() < 0.7 else "release-reservation"
        return sku, ended, {"reservationId": reservation}
    sku = morning.pick(dice)
    if chance < 0.8:
        reservation = f"R{_own_id(client)}-{number}"
        return sku, "reserve-stock", {"reservationId": reservation, "quantity": dice.randint(1, 5)}
    if chance < 0.95:
        return sku, "receive-stock", {"quantity": dice.randint(1, 10)}
    return sku, "adjust-stock", {"quantity": dice.randint(-3, 3), "reason": "stocktaking"}


def _own_id(client: Client) -> str:
    return f"{client.dice.getrandbits(32):08x}"
