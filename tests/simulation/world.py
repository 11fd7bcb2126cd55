"""One simulated world: a seed gives its hosts, its clients, its weather, and all that follows."""

import asyncio
import random
import re
from dataclasses import dataclass, field, replace

from shared.kernel.stream import StreamName
from tests.simulation import hosts, virtual_time
from tests.simulation.clients import Client, Told, open_warehouse
from tests.simulation.cloud import Cloud
from tests.simulation.hosts import Host
from tests.simulation.invariants import broken
from tests.simulation.refusals import unjust
from tests.simulation.weather import Weather

SETTLE = 120.0
"""Virtual seconds after the last fault."""


@dataclass(frozen=True)
class Plan:
    """How large a world is, and how bad its weather."""

    seed: int
    commands: int = 200
    streams: int = 5
    clients: int = 8
    hosts: int = 3
    failures: float = 0.04
    crashes: float = 0.005
    losses: float = 0.04
    thefts: float = 0.02
    stalls: float = 0.004
    rebuilds: float = 0.1


@dataclass
class Ending:
    """How a world ended."""

    plan: Plan
    wrong: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def simulate(plan: Plan) -> Ending:
    """Let a world happen; the same plan gives the same trace."""
    return virtual_time.run(_world(plan))


async def _world(plan: Plan) -> Ending:
    dice = random.Random(plan.seed)
    # Half of the worlds lose nothing: there the order on the log must be perfect.
    losses = plan.losses if plan.seed % 2 else 0.0
    rates = plan.failures, plan.crashes, losses, plan.thefts, plan.stalls, plan.rebuilds
    weather = Weather(dice, *rates)
    cloud, told = Cloud(), Told(weather.trace)
    machines = [Host(f"host-{number}", cloud, weather) for number in range(plan.hosts)]
    for machine in machines:
        machine.start()
    streams = [StreamName("item", f"SKU{number}") for number in range(plan.streams)]
    clients = [
        Client(f"c{n}", machines, streams, random.Random(f"{plan.seed}/{n}"), told)
        for n in range(plan.clients)
    ]
    await open_warehouse(clients[0])
    each = -(-plan.commands // plan.clients)
    spells = asyncio.create_task(weather.spells())
    await asyncio.gather(*(client.work(each) for client in clients))
    spells.cancel()
    weather.calm()
    stuck = await _settle(cloud, told)
    ending = Ending(plan, trace=weather.trace, fired=weather.fired)
    ending.seconds = asyncio.get_running_loop().time()
    strange = [one for machine in machines for one in machine.strange]
    unjustly = unjust(cloud.store.commits(), told)
    ending.wrong = [*stuck, *strange, *broken(cloud, told), *unjustly]
    hosts.late.clear()
    return ending


async def _settle(cloud: Cloud, told: Told) -> list[str]:
    """Wait until nothing waits and every row is right; once the weather is calm, that must come."""
    end = asyncio.get_running_loop().time() + SETTLE
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(1.0)
        # What went back is never right again.
        if cloud.back:
            return []
        if cloud.settled() and not broken(cloud, told):
            return []
    return ["it never settled"]


def shortest(ending: Ending) -> Ending:
    """Make a failing world smaller, as long as it fails."""
    for change in _changes(ending.plan):
        smaller = simulate(change)
        if smaller.wrong:
            return shortest(smaller)
    return ending


def _changes(plan: Plan) -> list[Plan]:
    changes = [
        replace(plan, commands=plan.commands // 2),
        replace(plan, streams=plan.streams - 1),
        replace(plan, clients=plan.clients // 2),
        replace(plan, hosts=plan.hosts - 1),
        replace(plan, failures=0.0),
        replace(plan, crashes=0.0),
        replace(plan, losses=0.0),
        replace(plan, thefts=0.0),
        replace(plan, stalls=0.0),
        replace(plan, rebuilds=0.0),
    ]
    return [
        change
        for change in changes
        if change != plan and min(change.commands, change.streams, change.clients, change.hosts) > 0
    ]


def story(ending: Ending) -> str:
    """Tell what is wrong, and what happened to the first stream that is wrong."""
    streams = [found[0] for one in ending.wrong if (found := re.search(r"item-SKU\d+", one))]
    told = [line for line in ending.trace if streams and (streams[0] in line or "crash" in line)]
    wrong = [f"  {number}. {one}" for number, one in enumerate(ending.wrong[:10], start=1)]
    return "\n".join([f"{ending.plan}", "wrong:", *wrong, "what happened:", *told[-60:]])
