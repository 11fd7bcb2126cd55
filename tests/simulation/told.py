"""What the clients of a simulation asked, and what they were told."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.shop.order.commands import PlaceOrder
from shared.kernel.commands.outcome import Outcome
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName
from tests.simulation.virtual_time import now

type Key = tuple[str, str]
"""A stream, and the id of a command."""


@dataclass
class Told:
    """What was asked, by whom, from when on, with the versions that were `expected`, and what was told.

    What the store will `never` take has no outcome; what was `given` stands there from the beginning.
    """

    asked: dict[Key, Command] = field(default_factory=dict)
    actors: dict[Key, str | None] = field(default_factory=dict)
    since: dict[Key, datetime] = field(default_factory=dict)
    expected: dict[Key, int] = field(default_factory=dict)
    outcomes: dict[Key, Outcome] = field(default_factory=dict)
    copies: list[tuple[Key, Outcome]] = field(default_factory=list)
    never: set[Key] = field(default_factory=set)
    given: set[Key] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    sure: int = 0

    def ask(
        self,
        stream: StreamName,
        command: Command,
        key: str,
        expected: int | None,
        actor: str | None = None,
    ) -> None:
        """Count a command that is asked for, and those that follow: each line is reserved, its order hears so."""
        at = str(stream), key
        self.asked[at], self.actors[at], self.since[at] = command, actor, now()
        if expected is not None:
            self.expected[str(stream), key] = expected
        lines = command.lines if isinstance(command, PlaceOrder) else ()
        self.sure += 1 + 2 * len({line.sku for line in lines})

    def answers(self) -> list[tuple[Key, Outcome]]:
        """Give all that was answered, to the copies that the network made too."""
        return [*self.outcomes.items(), *self.copies]
