"""The decider: a decision and its memory as three pure values."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import reduce

from shared.kernel.commands.context import Context
from shared.kernel.errors import ConfigurationError, WrongDecision


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision not to: a code for programs and a sentence for people."""

    code: str
    sentence: str


type Decision[E] = tuple[E, ...] | Refusal
"""Events to record, none if there is nothing to do, or a refusal."""

type Decide[C, E, S] = Callable[[C, S], Decision[E]] | Callable[[C, S, Context], Decision[E]]
"""Decides on a command in a state, and in a context if it has a third parameter."""


@dataclass(frozen=True, slots=True)
class Decider[C, E, S]:
    """Decide on a command in a state; evolve a state by an event (J. Chassaing, "Functional event sourcing").

    Raises ConfigurationError for a `decide` of neither two nor three parameters.
    """

    initial_state: S
    decide: Decide[C, E, S]
    evolve: Callable[[S, E], S]
    takes_context: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "takes_context", _takes_context(self.decide))

    def decision(self, command: C, state: S, context: Context | None) -> Decision[E]:
        """Decide; there is a context where `decide` takes one."""
        decide: Callable[..., Decision[E]] = self.decide
        return decide(command, state, context) if self.takes_context else decide(command, state)

    def fold(self, state: S, events: Iterable[E]) -> S:
        """Evolve a state by events in their order."""
        return reduce(self.evolve, events, state)


def _takes_context(decide: Callable[..., object]) -> bool:
    """Tell by the signature whether a decision takes a context."""
    signature = inspect.signature(decide)
    for takes, arguments in ((True, (None, None, None)), (False, (None, None))):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return takes
    made_of = "command and state, or command, state and context"
    raise ConfigurationError(f"a decision is made of {made_of}: {decide!r} takes {signature}")


def check_decision(category: str, command: object, decision: object) -> None:
    """Raise WrongDecision for what is neither events nor a refusal."""
    if not isinstance(decision, (tuple, list, Refusal)):
        returned = "None" if decision is None else f"a bare {type(decision).__name__}"
        raise WrongDecision(
            f"category '{category}': decide returned {returned} for {type(command).__name__}:"
            " return a tuple of events, () if there is nothing to do, or a Refusal"
        )
