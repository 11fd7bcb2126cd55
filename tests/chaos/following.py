"""Two clouds, of which one follows the other by its feed alone, while the hosts of both die."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from infra.local.shop.clients import Client, Ledger
from infra.local.shop.oracle import everything
from infra.local.shop.second import deploy
from tests.chaos.cloud import BUSY, READ_WITHIN, Cloud, Host, cloud

BUSINESS = Path(__file__).with_name("metering.py")
METERS, CLIENTS = 20, 16
FEED = "/api/feeds/meters"
FOLLOWED = "meters = {url}" + FEED + " | /onewrite/* | onewrite.* | private"
POLL, BETWEEN_CALLS = "/admin/functions/polling", 30.0
EACH_MINUTE, EACH_SECOND = '"10 * * * * *"', '"* * * * * *"'
LATE = 0.7 * READ_WITHIN
"""Seconds by which a read comes late, and is still waited for: others go on meanwhile."""
APP = '''"""The shipped app, in which nobody waits for minutes."""

from datetime import timedelta

from consumers.polling import place

place.SHORTEST = place.LONGEST = timedelta(milliseconds=200)

from shipped import app
'''

type Progress = Callable[[], Awaitable[int]]
type Story = Mapping[str, list[int]]
"""What is told of each meter, in the order in which it is told."""


@dataclass(frozen=True)
class Plan:
    """How much happens, and how often a host of each side dies."""

    seed: int
    events: int
    kills: int


@dataclass
class Outcome:
    """What was read of each meter: in the store, along pages, behind cursors, and what the follower has noted.

    `unfinished` is how much each side had before it when its host died for the last time.
    """

    read: Story = field(default_factory=dict)
    pages: Story = field(default_factory=dict)
    behind_cursors: Story = field(default_factory=dict)
    noted: Story = field(default_factory=dict)
    full_pages: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    unfinished: dict[str, int] = field(default_factory=dict)
    parked: list[Any] = field(default_factory=list)


async def run(plan: Plan, state: Path) -> Outcome:
    """Let meters be read in one cloud, and another one follow; then look at both."""
    outcome, app = Outcome(), _app(state / "app")
    async with (
        cloud(state / "read", app, hosts=1) as read,
        cloud(
            state / "follows", app, hosts=1, POLLED_FEEDS=FOLLOWED.format(url=read.hosts[0].url)
        ) as follows,
    ):
        await read.faults.set(plan.seed, *_throttled("feeds"), _late())
        await follows.faults.set(plan.seed, *_throttled("progress"), *_throttled("outcomes"))
        await _work(plan, read, follows, outcome)
        for one in (read, follows):
            outcome.faults.update(await one.faults.fired())
            await one.faults.set(0)
        outcome.read = _story(await everything(read.cosmos, "events"), "meter-")
        outcome.noted = _story(await everything(follows.cosmos, "events"), "ledger-")
        async with aiohttp.ClientSession(read.hosts[0].url) as http:
            await _read_feed(http, outcome)
        for one in (read, follows):
            outcome.parked += await everything(one.cosmos, "parked")
    return outcome


def _app(folder: Path) -> Path:
    deploy(folder, BUSINESS)
    blueprint = folder / "consumers" / "blueprint.py"
    shipped = blueprint.read_text(encoding="utf-8")
    assert shipped.count(EACH_MINUTE) == 1
    blueprint.write_text(shipped.replace(EACH_MINUTE, EACH_SECOND), encoding="utf-8")
    (folder / "function_app.py").rename(folder / "shipped.py")
    (folder / "function_app.py").write_text(APP, encoding="utf-8")
    return folder


def _throttled(container: str) -> list[dict[str, Any]]:
    rule = {"service": "cosmos", "container": container, "fault": "throttle", "seconds": 0.02}
    # Twenty in a row are more than the SDK tries: what asked fails as a whole.
    return [{**rule, "probability": 0.1}, {**rule, "at": list(range(40, 60))}]


def _late() -> dict[str, Any]:
    rule = {"service": "cosmos", "container": "feeds", "operation": "read", "fault": "delay"}
    return {**rule, "at": [30], "probability": 0.02, "seconds": LATE}


async def _work(plan: Plan, read: Cloud, follows: Cloud, outcome: Outcome) -> None:
    """Let meters be read, hosts die, and the follower have it all; raises where it gets no further."""
    ledger = Ledger()

    async def answered() -> int:
        return len(ledger.answers)

    async def noted() -> int:
        found = _story(await everything(follows.cosmos, "events"), "ledger-")
        return sum(map(len, found.values()))

    async with asyncio.TaskGroup() as group:
        calling = group.create_task(_call(follows.hosts[0]))
        reading = group.create_task(_read_meters(plan, read.hosts[0].url, ledger))
        deaths = [
            group.create_task(_die(plan, name, host, reached, outcome))
            for name, host, reached in (
                ("read", read.hosts[0], answered),
                ("follows", follows.hosts[0], noted),
            )
        ]
        await asyncio.gather(reading, *deaths)
        await _reached(noted, plan.events)
        calling.cancel()


async def _reached(progress: Progress, wanted: int) -> int:
    """Wait until so much has happened; raises AssertionError where nothing happens any more."""
    now = asyncio.get_running_loop().time
    before, ends = -1, 0.0
    while (found := await progress()) < wanted:
        if found != before:
            before, ends = found, now() + BUSY
        assert now() < ends, f"{found} of {wanted}, and no more"
        await asyncio.sleep(0.2)
    return found


async def _call(host: Host) -> None:
    """Call by hand what the clock calls, too, not more often than a run takes: two of them follow at once."""
    async with aiohttp.ClientSession() as http:
        while True:
            with suppress(aiohttp.ClientError):
                async with http.post(f"{host.url}{POLL}", json={}):
                    pass
            await asyncio.sleep(BETWEEN_CALLS)


async def _read_meters(plan: Plan, url: str, ledger: Ledger) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        clients = [
            Client(http, url, ledger, random.Random(f"{plan.seed}/{number}"))
            for number in range(CLIENTS)
        ]
        await asyncio.gather(*(_read_some(plan, one, n) for n, one in enumerate(clients)))


async def _read_some(plan: Plan, client: Client, number: int) -> None:
    for _ in range(number, plan.events, CLIENTS):
        await client.send(f"m{client.dice.randrange(METERS)}", "read-meter", {}, "meter")


async def _die(plan: Plan, name: str, host: Host, progress: Progress, outcome: Outcome) -> None:
    """Kill a host again and again, each time when some more of its work is done, and start it again."""
    for number in range(1, plan.kills + 1):
        done = await _reached(progress, number * plan.events // (plan.kills + 1))
        await host.kill()
        outcome.kills[name] += 1
        outcome.unfinished[name] = plan.events - done
        await host.start()


async def _read_feed(http: aiohttp.ClientSession, outcome: Outcome) -> None:
    """Read the feed as somebody who comes for the first time: along its pages, and behind cursors."""
    async with http.get("/api/feeds") as answer:
        (feed,) = (await answer.json())["feeds"]
    along: list[Any] = []
    for chain in feed["partitions"]:
        url: str | None = f"{chain}/1-1"
        while url is not None:
            async with http.get(url) as answer:
                along += await answer.json()
                outcome.full_pages += "immutable" in answer.headers["Cache-Control"]
                url = _led(answer, "next-archive")
    outcome.pages = _told(along)
    url, behind = feed["first"], list[Any]()
    while True:
        async with http.get(url) as answer:
            events = await answer.json()
            url = _led(answer, "next")
        if not events:
            break
        behind += events
    outcome.behind_cursors = _told(behind)


def _led(answer: aiohttp.ClientResponse, relation: str) -> Any:
    return answer.links[relation]["url"] if relation in answer.links else None


def _told(events: Iterable[Mapping[str, Any]]) -> Story:
    return _by_meter((event["data"]["meter"], event["data"]["reading"]) for event in events)


def _story(items: Iterable[Mapping[str, Any]], category: str) -> Story:
    def happened() -> Iterator[tuple[str, int]]:
        for item in sorted(items, key=lambda one: int(one["version"])):
            if item["stream"].startswith(category):
                for event in item["events"]:
                    yield item["stream"].removeprefix(category), event["data"]["reading"]

    return _by_meter(happened())


def _by_meter(told: Iterable[tuple[str, int]]) -> Story:
    found: dict[str, list[int]] = defaultdict(list)
    for meter, reading in told:
        found[meter].append(reading)
    return dict(found)
