"""The weather of a simulation: which calls fail, which hosts die or stall, and for how long."""

import asyncio
import random
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tests.simulation.virtual_time import sleep

KINDS = (
    *("append", "find", "read item", "tail", "read row", "write row", "send", "feed", "page"),
    *("publish", "leave", "outcome"),
)
WEIGHTS = (6, *[1] * (len(KINDS) - 1))
"""What a write has come to is the hardest question of all."""
AWAY = 0.9
"""How likely a call fails while its kind is away."""

FATES = tuple(
    f"{what} {when}" for when in ("before", "behind") for what in ("crash", "stall", "failed")
)
"""What may befall a call, and whether its effect has happened by then."""

FAULT = "*"
"""Marks the faults in a trace."""


@dataclass
class Weather:
    """How often calls fail, how often an operator rebuilds a view, and the feed is cut otherwise.

    `dice` decide, `trace` tells (if it `tells`), `struck` are the rolls that did harm. With `only`, no other roll
    does harm: a world with fewer of its faults.
    """

    dice: random.Random
    failures: float
    crashes: float
    losses: float
    thefts: float
    stalls: float
    passes: float
    redeployments: float
    rebuilds: float
    cuts: float = 0.0
    newer: float = 0.0
    miscounts: float = 0.0
    rewinds: float = 0.0
    only: AbstractSet[int] | None = None
    tells: bool = True
    away: str = ""
    rolls: int = 0
    lossy: bool = False
    trace: list[str] = field(default_factory=list)
    struck: list[int] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)
    never: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.lossy = self.losses > 0

    def fate(self, who: str, call: str) -> str:
        """Roll the dice for a call: one of the fates, which is told, or nothing."""
        self.rolls += 1
        roll = self.dice.random()
        if self.away and call.startswith(self.away):
            fate = "failed before" if roll < AWAY else ""
        elif roll < 2 * (self.crashes + self.stalls + self.failures):
            fate = self.dice.choices(FATES, (self.crashes, self.stalls, self.failures) * 2)[0]
        else:
            return ""
        return fate if fate and self._does_harm(who, f"{fate} {call}") else ""

    def strikes(self, who: str, kind: str, probability: float, about: str = "") -> bool:
        """Roll the dice for one kind of fault; one that happens is told."""
        self.rolls += 1
        if self.dice.random() >= probability:
            return False
        return self._does_harm(who, f"{kind} {about}" if about else kind)

    def _does_harm(self, who: str, named: str) -> bool:
        if self.only is not None and self.rolls not in self.only:
            return False
        self.struck.append(self.rolls)
        self.befalls(who, named)
        return True

    def dice_of(self, probability: float) -> bool:
        """Roll the dice, if anything may come of it."""
        return probability > 0 and self.dice.random() < probability

    def befalls(self, who: str, named: str) -> None:
        """Count and tell what this world was made for: no dice decide it."""
        self.fired[named] = self.fired.get(named, 0) + 1
        self.tell(who, f"{FAULT} {named}")

    def tell(self, who: str, what: str) -> None:
        """Note what happens; in a world that is not told, nothing is."""
        if self.tells:
            self.trace.append(f"{asyncio.get_running_loop().time():9.4f} {who} {what}")

    def calm(self) -> None:
        """Let nothing fail any more."""
        self.failures = self.crashes = self.losses = self.thefts = 0.0
        self.stalls = self.passes = self.redeployments = self.rebuilds = self.cuts = 0.0
        self.away, self.miscounts, self.rewinds = "", 0.0, 0.0

    async def spells(self) -> None:
        """Now and then one kind of call fails for a while, however often it is tried."""
        while self.failures:
            await sleep(self.dice.uniform(0.7, 2.5))
            self.away = self.dice.choices(KINDS, WEIGHTS)[0] if self.failures else ""
            self.tell("weather", f"{FAULT} {self.away} is away")
            await sleep(self.dice.uniform(0.5, 2.5))
            self.away = ""
