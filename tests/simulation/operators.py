"""An operator of a simulation: looks what is parked, and skips it or has it released, on any host."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.kernel.delivery.operator_decisions import Replay, carry_out
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.errors import may_pass
from shared.kernel.messages.commit import timestamp
from tests.simulation.cloud import Cloud
from tests.simulation.hosts import Host
from tests.simulation.virtual_time import now, sleep
from tests.simulation.weather import Weather

PATIENCE = 6
"""So often an operator skips one event, though a batch that began before the skip may park it again."""


@dataclass
class Operator:
    """Looks every now and then; what nothing is wrong with is parked by nobody but older code."""

    cloud: Cloud
    hosts: Sequence[Host]
    weather: Weather
    dice: random.Random
    skipped: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.spoilt = self.cloud.spoilt

    async def work(self) -> None:
        """Decide on whatever is parked."""
        while True:
            await sleep(self.dice.uniform(0.3, 1.5))
            self._look_at_leases()
            for marker in self.cloud.parking.markers():
                await self._decide(marker)

    def _look_at_leases(self) -> None:
        """Do as one is told of leases: delete what keeps them from being made, and restart the app."""
        trigger, ranges = self.cloud.trigger, self.cloud.cut()
        for fault in trigger.faults(ranges):
            if not trigger.tampered:
                self.cloud.back.append(f"of leases that are right is said: {fault.wrong}")
                return
            self.weather.tell("operator", f"{fault.mend}, because {fault.wrong}")
            trigger.mend(fault)
            for host in self.hosts:
                host.process.crash()
        if not trigger.tampered and (unplaced := trigger.unplaced(ranges)):
            self.cloud.back.append(f"{unplaced} have leases, and no place")

    async def _decide(self, marker: Parked) -> None:
        process = self.dice.choice(self.hosts).process
        place = marker.stream, marker.version
        found = await self.cloud.parking.find(marker.consumer, marker.stream)
        if not process.calls.alive or found is None or found.marker.version != marker.version:
            return
        skips = self.cloud.spoilt and marker.consumer == "projections" and self.dice.random() < 0.5
        if not self.weather.newer and place not in (self.cloud.poison() if self.spoilt else ()):
            self.cloud.back.append(f"{marker.stream}@{marker.version} is parked: {marker.error}")
        if skips:
            self.skipped[place] += 1
            if self.skipped[place] > PATIENCE:
                self.cloud.back.append(f"{place} is skipped again and again")
        action = Action.SKIP if skips else Action.RELEASE
        self.weather.tell("operator", f"{action} {marker.stream}@{marker.version}")
        time = timestamp(now())
        decision = Decision(marker.consumer, *place, action, "a bug", "ann", time)
        replay: Replay = getattr(process.roles, marker.consumer).replay
        deciding = process.spawn(carry_out(decision, found, self.cloud.parking, replay))
        while not deciding.done():
            await sleep(0.1)
        error = None if deciding.cancelled() else deciding.exception()
        if isinstance(error, BaseException) and not may_pass(error):
            self.cloud.back.append(f"a decision about {place} met {error!r}")
