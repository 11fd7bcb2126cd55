"""The leases of the publisher's trigger, as the .NET SDK keeps them: made once, behind a lock, and never again.

What it never mends by itself an operator must be told of, by the code that tells operators.
"""

import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.adapters.cosmos.leases import Found
from shared.kernel.ports import LeaseFault
from tests.simulation.virtual_time import now, sleep
from tests.simulation.weather import Weather

if TYPE_CHECKING:
    from tests.simulation.cloud import Claim, Cloud

STRETCHES = ("-10", "10-28", "28-FF")
PREFIX = "publisher"
DIES = 0.4


@dataclass
class Trigger:
    """The leases by the number of their stretch, and what stands `beside` them: `info` and `lock`, since when.

    The host that makes them first `dies`, if it is to; its lock stays, because nothing here expires.
    """

    leases: "dict[int, Claim]" = field(default_factory=dict)
    beside: dict[str, float] = field(default_factory=dict)
    dies: bool = False
    tampered: bool = False

    def make(self, claims: "Sequence[Claim]") -> None:
        """Make the leases that are missing, and say so."""
        for number, claim in enumerate(claims):
            self.leases.setdefault(number, claim)
        self.beside = {"info": now().timestamp()}

    async def wait(self) -> bool:
        """Wait until leases were made, or until they are to be made here, behind a lock: True."""
        while "info" not in self.beside:
            if "lock" not in self.beside:
                self.beside["lock"] = now().timestamp()
                return True
            await sleep(1.0)
        return False

    async def lose(self, dice: random.Random, weather: Weather) -> None:
        """Let somebody delete a lease, or all of them."""
        await sleep(dice.uniform(2, 6))
        self.tampered = True
        gone = dice.choice([list(self.leases), [dice.choice(list(self.leases))]])
        for number in gone:
            weather.befalls("somebody", f"deletes lease {number}")
            self.leases.pop(number).gone = True

    def faults(self, ranges: Sequence[str]) -> list[LeaseFault]:
        """Tell what operators are told."""
        return self._found(ranges).faults(now().timestamp())

    def unplaced(self, ranges: Sequence[str]) -> list[str]:
        """Name the pieces of the feed of which nobody could tell how far they are published."""
        return [piece for piece, place in self._found(ranges).reached().items() if place is None]

    def mend(self, fault: LeaseFault) -> None:
        """Carry out the command that a fault comes with."""
        kind = fault.mend.partition(",")[0].rpartition(".")[2]
        del self.beside[kind]

    def _found(self, ranges: Sequence[str]) -> Found:
        return Found(
            ranges,
            {STRETCHES[number]: str(claim.position) for number, claim in self.leases.items()},
            {f"{PREFIX}.{kind}": since for kind, since in self.beside.items()},
        )


def begin(
    cloud: "Cloud", dice: random.Random, weather: Weather, *, tampered: bool
) -> Sequence[Coroutine[Any, Any, None]]:
    """Make the leases as if an app had run before; or else let the first host die in it, or some be deleted."""
    if tampered and dice.random() < DIES:
        cloud.trigger.tampered = cloud.trigger.dies = True
        return []
    cloud.make_leases()
    return [cloud.trigger.lose(dice, weather)] if tampered else []
