"""Clients of several hosts: each attempt has a correlation of its own, which its commit then tells."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from infra.local.demo.clients import ASK_AGAIN, Answer

MOST_ATTEMPTS, MOST_CONFLICTS = 150, 10


@dataclass
class Told:
    """What all clients were told; the attempts that nobody answered, and those that were told to ask again."""

    answers: list[Answer] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    unsettled: set[str] = field(default_factory=set)
    asked_again: Counter[str] = field(default_factory=Counter)
    never: list[str] = field(default_factory=list)


@dataclass
class Shopper:
    """Sends commands to any of the hosts, again and again until one answers."""

    name: str
    http: aiohttp.ClientSession
    urls: Sequence[str]
    dice: random.Random
    told: Told
    sent: int = 0
    orders: list[str] = field(default_factory=list)

    async def work(self, skus: Sequence[str], over: asyncio.Event) -> None:
        """Receive, reserve, order and cancel at random until it is over."""
        while not over.is_set():
            roll, quantity = self.dice.random(), self.dice.randint(1, 3)
            if roll < 0.4:
                await self.send(self.dice.choice(skus), "receive-stock", {"quantity": quantity})
            elif roll < 0.65:
                body = {"reservationId": f"{self.name}-{self.sent}", "quantity": quantity}
                await self.send(self.dice.choice(skus), "reserve-stock", body)
            elif roll < 0.9 or not self.orders:
                await self._order(skus)
            else:
                await self._ask("order", self.orders.pop(0), "cancel-order", {})

    async def _order(self, skus: Sequence[str]) -> None:
        lines = [{"sku": sku, "quantity": 1} for sku in self.dice.sample(skus, k=2)]
        self.orders.append(f"{self.name}-{self.sent}")
        body = {"customerId": self.name, "lines": lines}
        await self._ask("order", self.orders[-1], "place-order", body)

    async def send(self, sku: str, command: str, body: dict[str, Any]) -> None:
        """Send one command for an item until it is answered, or note that it never was."""
        await self._ask("item", sku, command, body)

    async def _ask(self, category: str, id_: str, command: str, body: dict[str, Any]) -> None:
        self.sent += 1
        key = f"{self.name}.{self.sent}"
        self.told.asked.add(key)
        conflicts = 0
        for attempt in range(MOST_ATTEMPTS):
            correlation = f"{key}.{attempt}"
            url = f"{self.dice.choice(self.urls)}/api/{category}/{id_}/{command}"
            headers = {"Idempotency-Key": key, "Correlation-Id": correlation}
            try:
                async with self.http.post(url, json=body, headers=headers) as response:
                    if response.status not in ASK_AGAIN:
                        self._note(f"{category}-{id_}", key, response.status, await response.json())
                        return
                    self.told.unsettled.add(correlation)
                    self.told.asked_again[str(response.status)] += 1
                    conflicts += response.status == 409
            except (aiohttp.ClientError, TimeoutError):
                self.told.unanswered.add(correlation)
                self.told.asked_again["no answer"] += 1
            if conflicts == MOST_CONFLICTS:
                break
            await asyncio.sleep(self.dice.uniform(0.02, 0.2))
        self.told.never.append(key)

    def _note(self, stream: str, key: str, status: int, body: dict[str, Any]) -> None:
        self.told.answers.append(
            Answer(key, stream, status, body.get("version"), body.get("events", []))
        )
