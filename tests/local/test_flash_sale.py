"""A flash sale: 200 clients want one item at the same moment, from one host and from two."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from infra.local.shop.oracle import everything, fold
from tests.figures import note
from tests.local.names import Names
from tests.local.running import Running, another_host, running

CLIENTS, EACH, UNITS = 200, 5, 1_000
# How many wait for a write depends on what it takes: a store that is quick beside its clients shares less.
FAR_AWAY = [
    {
        "service": "cosmos",
        "container": "events",
        "operation": operation,
        "fault": "delay",
        "probability": 1.0,
        "seconds": 0.05,
    }
    for operation in ("create", "batch")
]


async def post(http: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> int:
    async with http.post(url, json=body) as response:
        await response.read()
        return response.status


async def sell(stack: Running, sku: str, *hosts: str) -> tuple[Counter[int], int, int]:
    """Let everybody reserve 1 to 3 pieces at a time; gives the answers, the pieces promised, the writes."""
    statuses: Counter[int] = Counter()
    promised = 0
    urls = [f"{host}/api/item/{sku}" for host in (stack.url, *hosts)]

    async def client(http: aiohttp.ClientSession, number: int) -> None:
        nonlocal promised
        dice, url = random.Random(number), urls[number % len(urls)]
        for turn in range(EACH):
            quantity = dice.randint(1, 3)
            body = {"reservationId": f"c{number}-{turn}", "quantity": quantity}
            status = await post(http, f"{url}/reserve-stock", body)
            statuses[status] += 1
            promised += quantity if status == 200 else 0

    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(connector=connector) as http:
        await post(http, f"{urls[0]}/register-item", {"name": "Hot", "reorderPoint": 1})
        await post(http, f"{urls[0]}/receive-stock", {"quantity": UNITS})
        before = await writes(stack)
        await asyncio.gather(*(client(http, number) for number in range(CLIENTS)))
    return statuses, promised, await writes(stack) - before


async def writes(stack: Running) -> int:
    requests = await stack.faults.requests()
    return requests.get("create events", 0) + requests.get("batch events", 0)


async def sold(stack: Running, sku: str) -> dict[str, Any]:
    items = await everything(stack.cosmos, "events")
    _, level = fold(items)["stock", sku, f"item-{sku}"]
    return level


async def test_exactly_what_was_promised_is_sold_in_a_tenth_of_the_writes(
    stack: Running, own: Names, pytestconfig: pytest.Config
) -> None:
    await stack.faults.set(0, *FAR_AWAY)
    statuses, promised, written = await sell(stack, own("HOT"))
    await stack.faults.set(0)
    level = await sold(stack, own("HOT"))

    assert statuses.total() == CLIENTS * EACH
    assert set(statuses) == {200, 422}
    assert level["reserved"] == promised <= UNITS
    assert level["available"] == UNITS - promised < 3
    assert written <= statuses[200] / 10
    note(pytestconfig, f"flash sale: {dict(statuses)}, {promised} sold, {written} writes")


@pytest.mark.proof
async def test_two_hosts_sell_exactly_what_they_promised_too(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    async with running(tmp_path) as stack, another_host(stack) as other:
        statuses, promised, written = await sell(stack, "HOT", other.url)
        level = await sold(stack, "HOT")

    assert statuses.total() == CLIENTS * EACH
    assert set(statuses) <= {200, 422, 409}
    assert statuses[409] <= statuses.total() / 100
    assert level["reserved"] == promised <= UNITS
    assert level["available"] == UNITS - promised
    note(
        pytestconfig,
        f"flash sale on two hosts: {dict(statuses)}, {promised} sold, {written} tries to write",
    )
