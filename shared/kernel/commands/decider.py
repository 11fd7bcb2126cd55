"""The decider: a decision and its memory as three pure values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision not to: a code for programs and a sentence for people."""

    code: str
    sentence: str


type Decision[E] = tuple[E, ...] | Refusal
"""Events to record, none if there is nothing to do, or a refusal."""


@dataclass(frozen=True, slots=True)
class Decider[C, E, S]:
    """Decide on a command in a state; evolve a state by an event (J. Chassaing, "Functional event sourcing")."""

    initial_state: S
    decide: Callable[[C, S], Decision[E]]
    evolve: Callable[[S, E], S]

    def fold(self, state: S, events: Iterable[E]) -> S:
        """Evolve a state by events in their order."""
        return reduce(self.evolve, events, state)
