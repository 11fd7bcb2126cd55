"""Thousands of commands, each sent twice: at once, to another host, after a restart, with answers lost."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from infra.local.shop.oracle import everything
from tests.figures import note
from tests.local.running import another_host, running
from tests.sizes import size

pytestmark = pytest.mark.long

COMMANDS, STREAMS, AT_ONCE = size(400, 10_000), 50, 100
LOST = 0.05


@dataclass
class Senders:
    """Sends commands until they are answered, and keeps each answer."""

    http: aiohttp.ClientSession
    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    asked_again: Counter[str] = field(default_factory=Counter)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def send(self, url: str, number: int) -> None:
        key = f"key-{number}"
        async with self.slots:
            status, body = await self._until_answered(
                f"{url}/api/item/S{number % STREAMS}/receive-stock",
                {"quantity": number % 7 + 1},
                {"Idempotency-Key": key},
            )
        self.answers.setdefault(key, []).append((status, body))

    async def _until_answered(
        self, url: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, Any]:
        async with asyncio.timeout(60):
            while True:
                try:
                    async with self.http.post(url, json=body, headers=headers) as response:
                        if response.status not in {409, 429, 503}:
                            return response.status, await response.json()
                        self.asked_again[str(response.status)] += 1
                except aiohttp.ClientError:
                    self.asked_again["no answer"] += 1
                await asyncio.sleep(0.05)


def a_third(numbers: Sequence[int], part: int) -> list[int]:
    return [number for number in numbers if number % 3 == part]


@pytest.mark.timeout(600)
async def test_each_took_effect_once_and_both_answers_are_the_same(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    numbers = list(range(COMMANDS))
    random.Random(3).shuffle(numbers)
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with (
        running(tmp_path) as stack,
        another_host(stack) as other,
        aiohttp.ClientSession(connector=connector) as http,
    ):
        senders = Senders(http)
        here, there = stack.url, other.url
        for number in range(STREAMS):
            url = f"{here}/api/item/S{number}/register-item"
            async with http.post(url, json={"name": "Thing", "reorderPoint": 1}) as response:
                assert response.status == 200
        lost = {"service": "cosmos", "container": "events", "fault": "drop-after"}
        await stack.faults.set(
            7,
            {**lost, "operation": "create", "probability": LOST},
            {**lost, "operation": "batch", "probability": LOST},
        )

        both_at_once = a_third(numbers, 0)
        await asyncio.gather(
            *(senders.send(url, n) for n in both_at_once for url in (here, (here, there)[n % 2])),
            *(
                senders.send((here, there)[n % 2], n)
                for n in a_third(numbers, 1) + a_third(numbers, 2)
            ),
        )
        await asyncio.gather(*(senders.send((there, here)[n % 2], n) for n in a_third(numbers, 1)))
        await other.kill()
        await other.start()
        await asyncio.gather(*(senders.send(there, n) for n in a_third(numbers, 2)))
        fired = await stack.faults.fired()
        await stack.faults.set(0)
        items = await everything(stack.cosmos, "events")

    effects = Counter(item["commandId"] for item in items if item["commandId"].startswith("key-"))
    assert set(effects.values()) == {1}
    assert len(effects) == COMMANDS == len(senders.answers)
    for answers in senders.answers.values():
        first, second = answers
        assert first[0] == second[0] == 200
        assert first == second
    assert fired["cosmos/drop-after"] > 0
    note(
        pytestconfig,
        f"{COMMANDS} commands twice: {fired['cosmos/drop-after']} answers of the store lost,"
        f" clients asked again {dict(senders.asked_again)}, {len(items)} items, each key once",
    )
