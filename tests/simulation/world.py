"""One simulated world: a seed gives its hosts, its clients, its weather, and all that follows."""

import asyncio
import random
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from shared.adapters.memory import MemoryEventStore
from shared.kernel.messages.stream import StreamName
from tests.simulation import own, processes, virtual_time
from tests.simulation.business import LOOKS, overdue, unbusinesslike
from tests.simulation.clients import Client, open_warehouse
from tests.simulation.clocks import clocks
from tests.simulation.cloud import STORE_LIMITS, Cloud
from tests.simulation.deployments import EXPIRY
from tests.simulation.hosts import Host, mend_settings
from tests.simulation.invariants import broken
from tests.simulation.operators import Operator
from tests.simulation.pulled import pulled
from tests.simulation.refusals import unjust
from tests.simulation.settling import settle
from tests.simulation.told import Told
from tests.simulation.trigger import begin
from tests.simulation.virtual_time import now, sleep
from tests.simulation.weather import Weather
from tests.simulation.wishes import REORDERS, Wishes

HELD = {1: ["reactions"], 6: ["reactions"], 4: ["reactions", "projections"]}
"""Three worlds of ten hold consumers back: orders wait for too long, or (where none sweeps) their rows say so."""

SPOILT, ROLLED_BACK = 5, 9
"""One world of ten has a bug in a view, and in one older code meets the events of newer code: operators work."""
NEWER, POISONED, REWINDS = 0.06, 0.12, 0.3

TAMPERED, MISCOUNTED, OF = 2, 12, 20
"""In one world of twenty the leases of the trigger are lost, and in one some hosts have other settings."""
MISCOUNTS = 0.4

HURRIED, STALLING, OFTEN = 3, 4, 0.03
"""In one of ten worlds the sweep has time for one small page of a range at a time, in one hosts stall often."""

FORGETFUL = {7, 8}
"""Two worlds of ten have a store that takes a command id twice."""

SWARM = (0.3, 0.9, 2.4)
"""What makes a fault rare, usual or frequent in a world."""

HOT, THINKS = (0.3, 0.6, 0.9), (0.03, 0.08, 0.15)
"""How many go for one item, whatever else there is; how long clients think, in virtual seconds at most."""

TELLING = 3
"""In one world of so many others are told what happens."""

UNTIL_HELD = 1.0
"""Virtual seconds from the opening on, and until the next one is held back."""


@dataclass(frozen=True)
class Plan:
    """How large a world is, and how bad its weather usually: each has more of some faults and less of others.

    Clients go on until so many `commands` are sure to do something; some more have nothing to do. A `pulled` world
    has feeds of small pages; an `own` one is that of the business that runs, whose specs happen in any order.

    With `only` no other faults happen (they are counted as the dice fall), and with `asks` clients ask nothing
    else. A world that `tells` has a trace of all that happens; without, the same happens, and it takes less time.
    """

    seed: int
    commands: int = 178
    streams: int = 5
    clients: int = 8
    hosts: int = 3
    failures: float = 0.03
    crashes: float = 0.003
    losses: float = 0.06
    thefts: float = 0.06
    stalls: float = 0.004
    passes: float = 0.02
    redeployments: float = 0.1
    rebuilds: float = 0.6
    cuts: float = 0.8
    only: AbstractSet[int] | None = field(default=None, repr=False)
    asks: AbstractSet[str] | None = field(default=None, repr=False)
    tells: bool = field(default=True, repr=False)
    own: bool = False
    pulled: bool = False


@dataclass
class Ending:
    """How a world ended: how many were decided, what was wrong, what happened, which faults and of what kinds."""

    plan: Plan
    commands: int = 0
    wrong: Sequence[str] = ()
    trace: Sequence[str] = ()
    struck: Sequence[int] = ()
    asked: Sequence[str] = ()
    fired: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def simulate(plan: Plan) -> Ending:
    """Let a world happen; the same plan gives the same trace."""
    return virtual_time.run(_world(plan))


def ending(seed: int, *, own: bool = False, pulled: bool = False) -> Ending:
    """Let the world of a seed happen, and happen again to be told when a promise broke."""
    first = simulate(Plan(seed, tells=False, own=own, pulled=pulled))
    if not first.wrong:
        return first
    told = simulate(Plan(seed, own=own, pulled=pulled))
    # Whatever was wrong stays so, even if the world should go another way when it is told.
    return told if told.wrong else first


async def _world(plan: Plan) -> Ending:
    weather, told = _weather(plan), Told()
    clock = asyncio.get_running_loop().time
    unique = plan.seed % 10 not in FORGETFUL
    cloud = Cloud(MemoryEventStore(unique_command_ids=unique, clock=clock, limits=STORE_LIMITS))
    if plan.own:
        own.move_in(cloud)
    cloud.spoilt = plan.seed % 10 == SPOILT and not plan.own
    cloud.hurried = plan.seed % 10 == HURRIED
    cloud.clocks = {} if plan.own else clocks(plan.seed)
    # Of two clocks nobody can say which came first.
    cloud.watch.one_clock = len(set(cloud.clocks.values())) < 2
    if plan.seed % TELLING:
        del cloud.readers["notifications"]
    feed = pulled(cloud, plan.seed) if plan.pulled else None
    machines = [Host(f"host-{number}", cloud, weather) for number in range(plan.hosts)]
    crowd = random.Random(f"{plan.seed}/crowd")
    losing = begin(cloud, crowd, weather, tampered=plan.seed % OF == TAMPERED)
    for machine in machines:
        machine.start()
    streams = [StreamName("item", f"SKU{number}") for number in range(plan.streams)]
    hot, thinks = crowd.choice(HOT), crowd.choice(THINKS)
    dice = [random.Random(f"{plan.seed}/{n}") for n in range(plan.clients)]
    reorders = POISONED if cloud.spoilt else REORDERS
    clients = [
        Client(
            name := f"c{number}",
            machines,
            own.Wishes(rolls) if plan.own else Wishes(name, streams, hot, rolls, reorders),
            weather,
            rolls,
            told,
            thinks,
            plan.asks,
        )
        for number, rolls in enumerate(dice)
    ]
    if plan.own:
        await own.begin(cloud, told, crowd)
    else:
        await open_warehouse(clients[0], streams)

    operator = Operator(cloud, machines, weather, random.Random(f"{plan.seed}/operator"))
    operating = asyncio.create_task(operator.work())
    beside = [asyncio.create_task(weather.spells()), asyncio.create_task(_hold(cloud, plan))]
    beside += [asyncio.create_task(one) for one in losing]
    beside += feed.begin(machines) if feed else []
    await asyncio.gather(*(client.work(lambda: told.sure >= plan.commands) for client in clients))
    for task in beside:
        task.cancel()
    weather.calm()
    mend_settings(machines, cloud)
    while (
        cloud.spoilt
        and not cloud.back
        and any((one.stream, one.version) in cloud.skipped() for one in cloud.parking.markers())
    ):
        # What is to be skipped is not mended on the way.
        await sleep(0.5)
    cloud.spoilt = False
    cloud.newer.clear()
    check = own.broken if plan.own else broken
    wrong = await _released(cloud, plan) + await settle(cloud, told, check)
    wrong += await feed.end() if feed else []
    operating.cancel()
    commits = cloud.store.commits()
    strange = [one for machine in machines for one in machine.strange]
    wrong += [*strange, *unjust(cloud.domain, commits, told)]
    wrong += [] if plan.own else unbusinesslike(commits, told)
    processes.late.clear()
    return Ending(
        plan=plan,
        commands=len(cloud.decided),
        wrong=wrong,
        trace=weather.trace,
        struck=weather.struck,
        asked=[key for _, key in told.asked],
        fired=weather.fired,
        seconds=asyncio.get_running_loop().time(),
    )


def _weather(plan: Plan) -> Weather:
    """Make one kind of fault frequent and another rare, in each world others: A. Groce et al., "Swarm testing"."""
    dice = random.Random(f"{plan.seed}/weather")

    def drawn(usual: float) -> float:
        return usual * dice.choice(SWARM)

    failures = drawn(plan.failures)
    return Weather(
        random.Random(plan.seed),
        failures,
        drawn(plan.crashes),
        # Half of the worlds lose nothing: there the order on the log must be perfect.
        drawn(plan.losses) if plan.seed % 2 else 0.0,
        drawn(plan.thefts),
        drawn(OFTEN if plan.seed % 10 == STALLING else plan.stalls),
        drawn(plan.passes),
        plan.redeployments,
        plan.rebuilds,
        plan.cuts,
        NEWER if plan.seed % 10 == ROLLED_BACK else 0.0,
        MISCOUNTS if plan.seed % OF == MISCOUNTED else 0.0,
        REWINDS if plan.seed % 10 == SPOILT else failures,
        plan.only,
        plan.tells,
    )


async def _hold(cloud: Cloud, plan: Plan) -> None:
    for consumer in HELD.get(plan.seed % 10, []):
        await sleep(UNTIL_HELD)
        cloud.held = consumer


async def _released(cloud: Cloud, plan: Plan) -> list[str]:
    """Let a consumer go on that was held back, when everything has waited for too long."""
    held = cloud.held
    if not held:
        return []
    await sleep((EXPIRY + LOOKS).total_seconds())
    cloud.held = ""
    # Who waits for its reactions must have been called off; where the rows are held back, nobody can know.
    return overdue(cloud.store.commits(), now()) if held == "reactions" and not plan.own else []
