"""The second service: a stack of its own with another business, which follows the shop by its feed alone."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from infra.business import Project
from infra.local.ports import Ports
from infra.local.shop.oracle import everything
from infra.local.stack import ROOT, Stack, make_stack

DEPLOYED = (
    "function_app.py",
    "host.json",
    "command_api",
    "consumers",
    "shared",
    "single_publisher",
)
BUSINESS = Path(__file__).with_name("loyalty.py")
FEED = "shop = {url}/api/feeds/shop | /onewrite/* | onewrite.* | private"
"""What `POLLED_FEEDS` says: whom it follows, and of whom and of which types it takes events."""
POLL = "/admin/functions/polling"

type Counted = Counter[tuple[str, str]]
"""How often each order was counted, by customer and order."""


@dataclass(frozen=True, slots=True)
class Loyalty:
    """What the second service has come to: what it counts, what it shows, and how long it took."""

    counted: Counted
    shown: Mapping[str, int]
    seconds: float


def deploy(target: Path, business: Path) -> Path:
    """Put the code beside another business, as a fork of the project would."""
    target.mkdir(parents=True)
    for name in DEPLOYED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, target / name)
    project = Project(target)
    project.code(business.stem).mkdir()
    shutil.copy2(business, project.code(business.stem) / "__init__.py")
    project.activate(business.stem)
    return target


@asynccontextmanager
async def second_service(shop: Stack) -> AsyncIterator[Stack]:
    """Give a running stack that follows the shop, and end it afterwards."""
    state = shop.state / "second"
    stack = make_stack(Ports.free(), state, POLLED_FEEDS=FEED.format(url=shop.url))
    stack.app = deploy(state / "app", BUSINESS)
    try:
        await stack.start()
        yield stack
    finally:
        await stack.stop()


async def follow(shop: Stack, items: Iterable[Mapping[str, Any]], within: float) -> Loyalty:
    """Let the second service begin when the day is over; returns when it has heard of it all, or in the end."""
    orders = sum(confirmed(items).values())
    async with second_service(shop) as stack:
        begun, found = time.perf_counter(), Counter[tuple[str, str]]()
        over = time.monotonic() + within
        while found.total() < orders and time.monotonic() < over:
            await _poll(stack)
            await asyncio.sleep(0.5)
            found = counted(await everything(stack.environment["COSMOS"], "events"))
        seconds = time.perf_counter() - begun
        return Loyalty(found, await _shown(stack, found, over), seconds)


def counted(items: Iterable[Mapping[str, Any]]) -> Counted:
    """Read out of the store of the second service what it has counted."""
    return Counter(
        (item["stream"].removeprefix("member-"), event["data"]["orderId"])
        for item in items
        for event in item["events"]
    )


def confirmed(items: Iterable[Mapping[str, Any]]) -> Counted:
    """Read out of the store of the shop what the second service should have counted."""
    return Counter(
        (event["data"]["customerId"], item["stream"].removeprefix("order-"))
        for item in items
        for event in item["events"]
        if event["type"] == "OrderConfirmed"
    )


def miscounted(items: Iterable[Mapping[str, Any]], heard: Loyalty) -> list[str]:
    """Name the orders that count otherwise than once, and customers who are shown another number."""
    expected, customers = confirmed(items), Counter(who for who, _ in heard.counted.elements())
    wrong = [
        f"order-{order} of {customer} is confirmed {expected[customer, order]} times, and counts"
        f" {heard.counted[customer, order]} times"
        for customer, order in sorted(expected.keys() | heard.counted.keys())
        if expected[customer, order] != heard.counted[customer, order]
    ]
    return wrong + [
        f"{customer} has {number} orders that count, and is shown {heard.shown.get(customer)}"
        for customer, number in sorted(customers.items())
        if heard.shown.get(customer) != number
    ]


async def _poll(stack: Stack) -> None:
    """Have the feed asked now: the clock does so once a minute."""
    async with aiohttp.ClientSession(stack.url) as http, http.post(POLL, json={}) as answer:
        answer.raise_for_status()


async def _shown(stack: Stack, found: Counted, over: float) -> Mapping[str, int]:
    """Read what is shown of each customer, once the view has seen all that counts."""
    while True:
        rows = await everything(stack.environment["COSMOS"], "views")
        shown = {
            row["key"]: row["data"]["orders"] for row in rows if row["stream"].startswith("member-")
        }
        if sum(shown.values()) >= found.total() or time.monotonic() > over:
            return shown
        await asyncio.sleep(0.25)
