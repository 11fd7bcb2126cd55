"""What the clients of a simulation asked, and what they were told."""

from dataclasses import dataclass, field

from shared.domain.shop.order.commands import PlaceOrder
from shared.kernel.commands.outcome import Outcome
from shared.kernel.messages.message import Command
from shared.kernel.messages.stream import StreamName

type Key = tuple[str, str]
"""A stream, and the id of a command."""


@dataclass
class Told:
    """What was asked, with the versions that were `expected`, and what was told; the trace holds it as well.

    What the store will `never` take has no outcome; what was `given` stands there from the beginning.
    """

    asked: dict[Key, Command] = field(default_factory=dict)
    expected: dict[Key, int] = field(default_factory=dict)
    outcomes: dict[Key, Outcome] = field(default_factory=dict)
    copies: list[tuple[Key, Outcome]] = field(default_factory=list)
    never: set[Key] = field(default_factory=set)
    given: set[Key] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    sure: int = 0

    def ask(self, stream: StreamName, command: Command, key: str, expected: int | None) -> None:
        """Count a command that is asked for, and those that follow: each line is reserved, its order hears so."""
        self.asked[str(stream), key] = command
        if expected is not None:
            self.expected[str(stream), key] = expected
        lines = command.lines if isinstance(command, PlaceOrder) else ()
        self.sure += 1 + 2 * len({line.sku for line in lines})

    def answers(self) -> list[tuple[Key, Outcome]]:
        """Give all that was answered, to the copies that the network made too."""
        return [*self.outcomes.items(), *self.copies]
