"""One chaos run: clients at work, faults all around, hosts that die; then what must be true is looked at."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.machine import limit
from emulators.tests.waiting import until
from infra.local.shop import process
from infra.local.shop.oracle import everything, streams, wrong_rows
from tests.chaos.cloud import EVERY_SECOND, Cloud, Host, cloud
from tests.chaos.findings import Findings, ahead, look
from tests.chaos.listener import untold
from tests.chaos.refusals import decide, provoke, refusals
from tests.chaos.shoppers import Shopper, Told
from tests.chaos.thief import steal
from tests.chaos.weather import cuts, loss, storm
from tests.local.subscribing import subscribed
from tests.reference import ROOT

QUIET_SKUS = ("QUIET-1", "QUIET-2", "QUIET-3", "QUIET-4", "QUIET-5")


@dataclass(frozen=True)
class Plan:
    """How much happens: at least so many commands, and so many kills and stops of hosts."""

    seed: int
    commands: int
    kills: int
    quiet: float
    clients: int = 16
    skus: int = 40
    losses: bool = True
    refusals: bool = False
    skew: float = 0.0
    stops: int = 0


@dataclass
class Outcome:
    """What a run came to; `first` is what was found before the sweep was let loose.

    So many `thefts` of leases there were, and commits whose time is `ahead`; an operator has `skipped` one event.
    `stopped` are the processes that were asked to end.
    """

    plan: Plan
    told: Told = field(default_factory=Told)
    kills: int = 0
    stopped: list[int] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    thefts: int = 0
    ahead: int = 0
    skipped: str = ""
    first: Findings = field(default_factory=Findings)
    last: Findings = field(default_factory=Findings)

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be, before the sweep and behind it."""
        return self.first.wrong + self.last.wrong


async def run(plan: Plan, state: Path, app: Path = ROOT) -> Outcome:
    """Let it happen, and look."""
    outcome = Outcome(plan)
    async with (
        cloud(state, app, skew=plan.skew) as made,
        serving(Webhook()) as hook,
        subscribed(made.event_grid, hook.url),
        _clients(made, plan, outcome.told) as shoppers,
    ):
        await made.faults.set(plan.seed, *(refusals() if plan.refusals else ()), *storm())
        await _work(made, plan, shoppers, outcome)
        outcome.faults.update(await made.faults.fired())
        await made.faults.set(0, *(refusals() if plan.refusals else ()))
        if plan.refusals:
            struck, outcome.skipped = await decide(made)
            outcome.faults.update(struck)
        await _settle(made, plan.quiet, hook, outcome)
        outcome.first = await look(made, outcome.told, hook.events, outcome.skipped)
        if plan.losses and not outcome.first.wrong:
            await _lose_last_events(made, shoppers[0])
            await made.restart(SWEEP_SCHEDULE=EVERY_SECOND)
            await _settle(made, plan.quiet, hook, outcome)
            outcome.last = await look(made, outcome.told, hook.events, outcome.skipped)
        outcome.ahead = ahead(await everything(made.cosmos, "events"))
    return outcome


@asynccontextmanager
async def _clients(made: Cloud, plan: Plan, told: Told) -> AsyncIterator[list[Shopper]]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=limit(20))) as http:
        urls = [host.url for host in made.hosts]
        yield [
            Shopper(
                *(f"c{number}", http, urls, random.Random(f"{plan.seed}/{number}"), told),
                timeout=plan.quiet,
            )
            for number in range(plan.clients)
        ]


async def _work(made: Cloud, plan: Plan, shoppers: list[Shopper], outcome: Outcome) -> None:
    skus = [f"SKU{number}" for number in range(plan.skus)]
    first = shoppers[0]
    for sku in (*skus, *QUIET_SKUS):
        await first.send(sku, "register-item", {"name": sku, "reorderPoint": 1})
    if plan.refusals:
        await provoke(first, QUIET_SKUS[0])
    over = asyncio.Event()
    stealing = asyncio.create_task(steal(made, random.Random(f"{plan.seed}/thief"), over))
    working = [asyncio.create_task(shopper.work(skus, over)) for shopper in shoppers]
    dice = random.Random(plan.seed)
    await asyncio.gather(*(_end(made, host, plan, dice, outcome) for host in made.hosts))
    while len(outcome.told.answers) < plan.commands:
        await asyncio.sleep(0.05)
    over.set()
    await asyncio.gather(*working)
    outcome.thefts = await stealing


async def _end(made: Cloud, host: Host, plan: Plan, dice: random.Random, outcome: Outcome) -> None:
    """Kill a host, and stop it, at random points of the work, and start it again."""
    share = len(made.hosts)
    for is_killed in [True] * (plan.kills // share) + [False] * (plan.stops // share):
        after = len(outcome.told.answers) + dice.randint(5, 60)
        while len(outcome.told.answers) < after:
            await asyncio.sleep(0.001)
        if is_killed:
            await host.kill()
            outcome.kills += 1
        else:
            outcome.stopped.append(await host.stop())
        await host.start()


async def _lose_last_events(made: Cloud, shopper: Shopper) -> None:
    """Let the log lose the last event of some streams: nothing that follows tells of the gap."""
    await made.faults.set(0, *cuts(), loss())
    for sku in QUIET_SKUS:
        await shopper.send(sku, "receive-stock", {"quantity": 1})

    async def lost() -> bool:
        fired = await made.faults.fired()
        return "event-hubs/lose" in fired and not await made.waits("single_publisher")

    await until(lost)
    await made.faults.set(0)


async def _settle(made: Cloud, quiet: float, hook: Webhook, outcome: Outcome) -> None:
    """Wait until nothing waits, every row is right and every order at its end, or nothing changes any more.

    What has not changed for so many seconds stays as it is.
    """
    before: list[str] = []
    changed = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() < changed + quiet:
        items = await everything(made.cosmos, "events")
        try:
            wrong = wrong_rows(items, await everything(made.cosmos, "views"))
            wrong += process.broken(streams(items))
        except AssertionError:
            return
        wrong += untold(items, hook.events, outcome.skipped)
        if not wrong and not await made.waits():
            return
        if wrong != before:
            before, changed = wrong, asyncio.get_running_loop().time()
        # Each look reads the whole store, at the cost of those that it waits for.
        await asyncio.sleep(1)
