"""The weather of a simulation: which calls fail, which hosts die or stall, and for how long."""

import asyncio
import random
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tests.simulation.virtual_time import sleep

KINDS = ("append", "find", "read item", "tail", "read row", "write row", "send", "feed", "page")
WEIGHTS = (4, *[1] * (len(KINDS) - 1))
"""What a write has come to is the hardest question of all."""
AWAY = 0.9
"""How likely a call fails while its kind is away."""

FAULT = "*"
"""Marks the faults in a trace."""


@dataclass
class Weather:
    """How often calls fail, and how often an operator rebuilds a view.

    `dice` decide, `trace` tells, `struck` are the rolls that did harm. With `only`, no other roll does harm: a
    world with fewer of its faults.
    """

    dice: random.Random
    failures: float
    crashes: float
    losses: float
    thefts: float
    stalls: float
    redeployments: float
    rebuilds: float
    only: AbstractSet[int] | None = None
    away: str = ""
    rolls: int = 0
    lossy: bool = False
    trace: list[str] = field(default_factory=list)
    struck: list[int] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)
    never: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.lossy = self.losses > 0

    def strikes(self, who: str, kind: str, probability: float, about: str = "") -> bool:
        """Roll the dice for one kind of fault; one that happens is told."""
        self.rolls += 1
        if self.dice.random() >= probability:
            return False
        if self.only is not None and self.rolls not in self.only:
            return False
        self.struck.append(self.rolls)
        named = f"{kind} {about}" if about else kind
        self.fired[named] = self.fired.get(named, 0) + 1
        self.tell(who, f"{FAULT} {named}")
        return True

    def tell(self, who: str, what: str) -> None:
        """Note what happens."""
        self.trace.append(f"{asyncio.get_running_loop().time():9.4f} {who} {what}")

    def calm(self) -> None:
        """Let nothing fail any more."""
        self.failures = self.crashes = self.losses = self.thefts = 0.0
        self.stalls = self.redeployments = self.rebuilds = 0.0
        self.away = ""

    async def spells(self) -> None:
        """Now and then one kind of call fails for a while, however often it is tried."""
        while self.failures:
            await sleep(self.dice.uniform(1, 4))
            self.away = self.dice.choices(KINDS, WEIGHTS)[0] if self.failures else ""
            self.tell("weather", f"{FAULT} {self.away} is away")
            await sleep(self.dice.uniform(0.5, 2.5))
            self.away = ""

    def badness(self, name: str) -> float:
        """Tell how likely a call is to fail."""
        return AWAY if self.away and name.startswith(self.away) else self.failures
