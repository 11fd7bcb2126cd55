"""A carrier and a supplier, who tell over the webhook what they did: in both schemas, and now and then twice."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

PARCEL = "com.example.carrier.parcel-dispatched"
DELIVERY = "com.example.supplier.delivery-arrived"
TWICE = 0.1


@dataclass(slots=True)
class Outsiders:
    """Delivers events until they are taken, as Event Grid does."""

    http: aiohttp.ClientSession
    url: str
    secret: str
    parcels: list[str] = field(default_factory=list)
    goods: list[tuple[str, int]] = field(default_factory=list)
    asked_again: int = 0

    async def dispatch(self, order: str, customer: str, dice: random.Random) -> None:
        """Tell that the parcel of an order has left."""
        data = {"orderId": order, "customerId": customer}
        await self._tell("/carriers/fast", f"parcel-{order}", PARCEL, data, dice)
        self.parcels.append(order)

    async def deliver(self, sku: str, quantity: int, dice: random.Random) -> None:
        """Tell that goods have come in."""
        data = {"sku": sku, "quantity": quantity}
        await self._tell("/suppliers/far", f"delivery-{sku}", DELIVERY, data, dice)
        self.goods.append((sku, quantity))

    async def _tell(
        self, source: str, id_: str, type_: str, data: Mapping[str, Any], dice: random.Random
    ) -> None:
        event = {"specversion": "1.0", "id": id_, "source": source, "type": type_, "data": data}
        if dice.random() < 0.5:
            event = {"id": id_, "topic": source, "eventType": type_, "data": data}
        for _ in range(2 if dice.random() < TWICE else 1):
            await self._until_taken(event, dice)

    async def _until_taken(self, event: Mapping[str, Any], dice: random.Random) -> None:
        headers = {"webhook-secret": self.secret}
        while True:
            async with self.http.post(
                f"{self.url}/api/webhooks", json=[event], headers=headers
            ) as answer:
                if answer.status == HTTPStatus.OK:
                    return
                if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise AssertionError(f"{event} was answered {answer.status}")
            self.asked_again += 1
            await asyncio.sleep(dice.uniform(0.02, 0.2))


def unheard(streams: Mapping[str, Iterable[Mapping[str, Any]]], told: Outsiders) -> list[str]:
    """Name what others told that had no effect, or more than one."""
    wrong: list[str] = []
    for order in told.parcels:
        types = [event["type"] for event in streams[f"order-{order}"]]
        if types.count("OrderShipped") != 1:
            wrong.append(f"order-{order}: its parcel has left, and its events are {types}")
    for sku, quantity in told.goods:
        received = [
            event["data"]["quantity"]
            for event in streams[f"item-{sku}"]
            if event["type"] == "StockReceived"
        ]
        if received.count(quantity) != 1:
            wrong.append(f"item-{sku}: {quantity} were delivered once, and {received} received")
    return wrong
