"""The policy: event → event, a new fact in another stream.

The fact is data; it is recorded by the decider of its own stream, which takes it through a process command. That
is simpler than to append it past the decider: version, idempotency and warm state stay the application service's
alone. And it is total: the decider gives the fact or nothing, in whatever order facts come.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.kernel.commands.category import Category
from shared.kernel.errors import ConfigurationError
from shared.kernel.messages.derived_id import fact_id
from shared.kernel.messages.kinds import several
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction, checked


@dataclass(frozen=True, slots=True)
class Fact[F: Event]:
    """A new event for a stream; `key` names it there for ever, such as the number of the occasion."""

    target: StreamName
    event: F
    key: str


@dataclass(frozen=True, slots=True)
class Policy[E: Event, F: Event]:
    """Bound to one event type of one category; `record` puts the fact into the target's process command.

    `name` is part of the id of every fact: it stays as it is, wherever the code moves.
    """

    name: str
    category: Category
    event: type[E]
    target: Category
    fact: type[F]
    command: type[Command]
    decide: Callable[[StreamName, E], Iterable[Fact[F]]]
    record: Callable[[F], Command]

    def facts(self, stream: StreamName, event: E) -> Sequence[Fact[F]]:
        """Say which facts follow from an event; raises ConfigurationError for one that was not declared."""
        found = several(f"'{self.name}'", self.decide(stream, event))
        for fact in found:
            if type(fact) is not Fact:
                raise ConfigurationError(f"'{self.name}' makes {fact!r}, which is no Fact")
            if type(fact.event) is not self.fact:
                raise ConfigurationError(f"'{self.name}' makes what it did not declare: {fact}")
        return found

    def reactions(self, stream: StreamName, event: E) -> Sequence[Reaction]:
        """Give the commands that record the facts."""
        facts = self.facts(stream, event)
        found = (Reaction(fact.target, self.record(fact.event), fact.key) for fact in facts)
        return checked(self.name, self.target, self.command, found)

    def identify(self, event_id: str, reaction: Reaction) -> str:  # noqa: ARG002 - a receptor's needs it
        """Name the fact, whichever event it was made of."""
        return fact_id(self.name, reaction.target, reaction.key)
