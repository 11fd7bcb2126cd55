"""A thousand commands that wait, while those who handle them die: in order, once, each with an outcome."""

import asyncio
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.tests.machine import limit
from emulators.tests.waiting import until
from infra.local.shop.oracle import everything
from tests.chaos.cloud import Cloud, Host, cloud
from tests.chaos.shoppers import outcome
from tests.chaos.weather import squalls
from tests.figures import note
from tests.sizes import size

pytestmark = pytest.mark.long

STREAMS, EACH, KILLS, SEED = 20, size(10, 50), size(3, 10), 20261123
ASKED_AT_ONCE = 32


async def send_all(http: aiohttp.ClientSession, made: Cloud, stream: int, sent: list[str]) -> None:
    """Send the commands of one stream one after another, each until it is taken."""
    dice = random.Random(f"{SEED}/{stream}")
    for number in range(EACH):
        key = f"{stream}.{number}"
        command, body = _wish(number, dice)
        headers = {"Idempotency-Key": key, "Prefer": "respond-async"}
        taken = False
        while not taken:
            url = f"{dice.choice(made.hosts).url}/api/item/S{stream}/{command}"
            try:
                async with http.post(url, json=body, headers=headers) as response:
                    taken = response.status == 202
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.05)
        sent.append(key)


def _wish(number: int, dice: random.Random) -> tuple[str, dict[str, Any]]:
    if number == 0:
        return "register-item", {"name": "thing", "reorderPoint": 0}
    if number % 3 == 0:
        return "receive-stock", {"quantity": dice.randint(1, 3)}
    return "reserve-stock", {"reservationId": f"r{number}", "quantity": dice.randint(1, 3)}


async def kill_now_and_then(made: Cloud, sent: list[str], dice: random.Random) -> None:
    """Kill a host so many times, evenly over the work, and start it again."""
    for time in range(KILLS):
        while len(sent) < STREAMS * EACH * (time + 0.5) / KILLS:
            await asyncio.sleep(0.005)
        host: Host = dice.choice(made.hosts)
        await host.kill()
        await host.start()


async def heard(
    http: aiohttp.ClientSession, url: str, key: str, gate: asyncio.Semaphore
) -> dict[str, Any]:
    """Ask for an outcome until there is one, whatever the answer before it was; few ask at once."""
    stream = f"item-S{key.partition('.')[0]}"
    async with gate:
        return await until(
            lambda: outcome(http, url, stream, key),
            lambda told: told.get("outcome", "pending") != "pending",
        )


@pytest.mark.timeout(limit(900))
async def test_commands_that_wait_are_handled_in_order_and_once_though_the_handlers_die(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    sent: list[str] = []
    timeout = aiohttp.ClientTimeout(total=limit(10))
    async with cloud(tmp_path) as made, aiohttp.ClientSession(timeout=timeout) as http:
        await made.faults.set(SEED, *squalls())
        killing = asyncio.create_task(kill_now_and_then(made, sent, random.Random(SEED)))
        await asyncio.gather(*(send_all(http, made, stream, sent) for stream in range(STREAMS)))
        await killing
        gate, url = asyncio.Semaphore(ASKED_AT_ONCE), made.hosts[0].url
        told = await asyncio.gather(*(heard(http, url, key, gate) for key in sent))
        faults = await made.faults.fired()
        await made.faults.set(0)
        items = await everything(made.cosmos, "events")
        parked = await everything(made.cosmos, "parked")

    kinds = {one["outcome"] for one in told}
    effects: dict[str, list[str]] = defaultdict(list)
    for item in sorted(items, key=lambda item: int(item["version"])):
        effects[item["stream"]].append(item["commandId"])
    done = {one["commandId"] for one in told if one["outcome"] == "done"}
    for stream, ids in effects.items():
        numbers = [int(id_.partition(".")[2]) for id_ in ids]
        assert numbers == sorted(set(numbers)), f"{stream} was not handled in order, or twice"
    assert kinds == {"done", "refused"}
    assert {id_ for ids in effects.values() for id_ in ids} == done
    assert parked == []
    assert faults["event-hubs/drop-after"] > 0
    note(
        pytestconfig,
        f"mailbox: {len(sent):,} commands on {STREAMS} streams, {KILLS} kills (-9),"
        f" {sum(faults.values()):,} faults: {len(done):,} done,"
        f" {len(sent) - len(done):,} refused, in order, one effect each",
    )
