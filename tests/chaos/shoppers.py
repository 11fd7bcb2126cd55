"""Clients of several hosts: each attempt has a correlation of its own, which its commit then tells."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp

from infra.local.shop.clients import ASK_AGAIN, Answer
from infra.local.shop.outsiders import PARCEL
from tests.chaos.cloud import BUSY, SECRET

MOST_CONFLICTS = 10
CARRIER = "/carriers/fast"
WAITS, DELIVERED_TWICE = 0.15, 0.3
"""So many of the commands wait in the durable mailbox; so many deliveries of a carrier come twice at once."""


@dataclass
class Told:
    """What all clients were told; the attempts that nobody answered, and those that were told to ask again.

    `waited` are the streams of the commands that the mailbox took; `parcels` the orders that a carrier spoke
    of, by what names the event.
    """

    answers: list[Answer] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    unsettled: set[str] = field(default_factory=set)
    asked_again: Counter[str] = field(default_factory=Counter)
    never: list[str] = field(default_factory=list)
    waited: dict[str, str] = field(default_factory=dict)
    parcels: dict[str, str] = field(default_factory=dict)
    delivered_twice: int = 0


@dataclass
class Shopper:
    """Sends commands to any of the hosts, again and again until one answers."""

    name: str
    http: aiohttp.ClientSession
    urls: Sequence[str]
    dice: random.Random
    told: Told
    timeout: float = BUSY
    sent: int = 0
    orders: list[str] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)

    async def work(self, skus: Sequence[str], over: asyncio.Event) -> None:
        """Receive, reserve, order, cancel and dispatch at random until it is over; then hear what waited."""
        while not over.is_set():
            roll = self.dice.random()
            if roll < 0.4:
                body: dict[str, Any] = {"quantity": self.dice.randint(4, 10)}
                await self._ask("item", self.dice.choice(skus), "receive-stock", body, WAITS)
            elif roll < 0.6:
                quantity = self.dice.randint(1, 3)
                body = {"reservationId": f"{self.name}-{self.sent}", "quantity": quantity}
                await self._ask("item", self.dice.choice(skus), "reserve-stock", body, WAITS)
            elif roll < 0.85 or not self.orders:
                await self._order(skus)
            elif roll < 0.92:
                await self._ask("order", self.orders.pop(0), "cancel-order", {}, WAITS)
            else:
                await self._dispatch(self.orders.pop(0))
        # What one host has mislaid, all of them have: nobody waits for each of it.
        end = _now() + self.timeout
        for key, stream in self.waiting.items():
            await self._hear(stream, key, end)

    async def _order(self, skus: Sequence[str]) -> None:
        wanted = self.dice.sample(skus, k=self.dice.randint(1, 5))
        lines = [{"sku": sku, "quantity": self.dice.randint(1, 3)} for sku in wanted]
        self.orders.append(f"{self.name}-{self.sent}")
        body = {"customerId": self.name, "lines": lines}
        await self._ask("order", self.orders[-1], "place-order", body, WAITS)

    async def _dispatch(self, order: str) -> None:
        """Tell as a carrier that a parcel has left, until that is taken."""
        id_ = f"parcel-{order}"
        self.told.parcels[f"{CARRIER} {id_}"] = order
        data = {"orderId": order, "customerId": self.name}
        event = {"specversion": "1.0", "id": id_, "source": CARRIER, "type": PARCEL, "data": data}
        headers = {"webhook-secret": SECRET}
        copies = 1 + (self.dice.random() < DELIVERED_TWICE)
        self.told.delivered_twice += copies - 1
        taken = await asyncio.gather(*(self._deliver(event, headers) for _ in range(copies)))
        if not all(taken):
            self.told.never.append(id_)

    async def _deliver(self, event: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
        end = _end()
        while _now() < end:
            url = f"{self.dice.choice(self.urls)}/api/webhooks"
            try:
                async with self.http.post(url, json=[event], headers=headers) as response:
                    if response.status == 200:
                        return True
                    self.told.asked_again[f"webhook {response.status}"] += 1
            except (aiohttp.ClientError, TimeoutError):
                self.told.asked_again["webhook: no answer"] += 1
            await asyncio.sleep(self.dice.uniform(0.02, 0.2))
        return False

    async def order_and_cancel(self, order: str, sku: str) -> None:
        """Place an order, and call it off."""
        body = {"customerId": self.name, "lines": [{"sku": sku, "quantity": 1}]}
        await self._ask("order", order, "place-order", body, waits=0)
        await self._ask("order", order, "cancel-order", {}, waits=0)

    async def send(self, sku: str, command: str, body: dict[str, Any]) -> None:
        """Send one command for an item until it is answered, or note that it never was."""
        await self._ask("item", sku, command, body, waits=0)

    async def _ask(
        self, category: str, id_: str, command: str, body: Mapping[str, Any], waits: float
    ) -> None:
        self.sent += 1
        key, stream = f"{self.name}.{self.sent}", f"{category}-{id_}"
        self.told.asked.add(key)
        prefer = {"Prefer": "respond-async"} if self.dice.random() < waits else {}
        conflicts, end = 0, _end()
        for attempt in count():
            correlation = f"{key}.{attempt}"
            url = f"{self.dice.choice(self.urls)}/api/{category}/{id_}/{command}"
            headers = {"Idempotency-Key": key, "Correlation-Id": correlation, **prefer}
            try:
                async with self.http.post(url, json=body, headers=headers) as response:
                    if response.status == 202:
                        self.waiting[key] = self.told.waited[key] = stream
                        return
                    if response.status not in ASK_AGAIN:
                        self._note(stream, key, response.status, await response.json())
                        return
                    self.told.unsettled.add(correlation)
                    self.told.asked_again[str(response.status)] += 1
                    conflicts += response.status == 409
            except (aiohttp.ClientError, TimeoutError):
                self.told.unanswered.add(correlation)
                self.told.asked_again["no answer"] += 1
            if conflicts == MOST_CONFLICTS or _now() > end:
                break
            await asyncio.sleep(self.dice.uniform(0.02, 0.2))
        self.told.never.append(key)

    async def _hear(self, stream: str, key: str, end: float) -> None:
        """Ask what became of a command that waits, until that is known, or note that it never was."""
        while _now() < end:
            found = await outcome(self.http, self.dice.choice(self.urls), stream, key)
            if found.get("outcome", "pending") != "pending":
                done = found["outcome"] == "done"
                told = found if done else {}
                self._note(stream, key, 200 if done else 422, told)
                return
            await asyncio.sleep(self.dice.uniform(0.05, 0.2))
        self.told.never.append(key)

    def _note(self, stream: str, key: str, status: int, body: Mapping[str, Any]) -> None:
        self.told.answers.append(
            Answer(key, stream, status, body.get("version"), body.get("events", []))
        )


def _now() -> float:
    return asyncio.get_running_loop().time()


def _end() -> float:
    # Both hosts may be dead at once, and a busy machine takes its time to start them.
    return _now() + BUSY


async def outcome(http: aiohttp.ClientSession, url: str, stream: str, key: str) -> dict[str, Any]:
    """Ask once what became of a command that waits; nothing, if there is no answer."""
    try:
        async with http.get(f"{url}/api/streams/{stream}/outcome?command-id={key}") as response:
            told: dict[str, Any] = await response.json()
    except (aiohttp.ClientError, TimeoutError):
        return {}
    return told
