"""The weather of a simulation: which calls fail, which hosts die or stall, and for how long."""

import asyncio
import random
from dataclasses import dataclass, field

KINDS = ("append", "find", "read item", "tail", "read row", "write row", "send")
AWAY = 0.9
"""How likely a call fails while its kind is away."""


@dataclass
class Weather:
    """How often calls fail, and how often an operator rebuilds a view; `dice` decide, `trace` tells."""

    dice: random.Random
    failures: float
    crashes: float
    losses: float
    thefts: float
    stalls: float
    rebuilds: float
    away: str = ""
    lossy: bool = False
    trace: list[str] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=dict)
    never: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.lossy = self.losses > 0

    def strikes(self, kind: str, probability: float) -> bool:
        """Roll the dice for one kind of fault."""
        struck = self.dice.random() < probability
        if struck:
            self.fired[kind] = self.fired.get(kind, 0) + 1
        return struck

    def calm(self) -> None:
        """Let nothing fail any more."""
        self.failures = self.crashes = self.losses = self.thefts = self.stalls = 0.0
        self.rebuilds = 0.0
        self.away = ""

    async def spells(self) -> None:
        """Now and then one kind of call fails for a while, however often it is tried."""
        while self.failures:
            await asyncio.sleep(self.dice.uniform(1, 4))
            self.away = self.dice.choice(KINDS) if self.failures else ""
            await asyncio.sleep(self.dice.uniform(0.5, 2.5))
            self.away = ""

    def badness(self, name: str) -> float:
        """Tell how likely a call is to fail."""
        return AWAY if self.away and name.startswith(self.away) else self.failures
