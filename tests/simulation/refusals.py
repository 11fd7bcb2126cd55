"""Whether what was refused had to be: decided again on the events that the answer names, and on no others."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from shared.kernel.commands.category import Category
from shared.kernel.commands.context import Context
from shared.kernel.commands.outcome import Accepted, Forbidden, Negative, Outdated, Refused
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from tests.simulation.told import Key, Told
from tests.simulation.virtual_time import now
from tests.specs.spec import FORBIDDEN


def unjust(domain: Domain, commits: Sequence[Commit], told: Told) -> list[str]:
    """Name the negative answers that the stream, as it was at their version, does not give."""
    states = _states(domain, commits)
    wrong: list[str] = []
    for (stream, key), outcome in told.answers():
        if isinstance(outcome, Accepted | Outdated):
            continue
        if outcome.version > len(states[stream]):
            wrong.append(
                f"{stream}: {key} was told of version {outcome.version}, which is not there"
            )
            continue
        category = domain.category(StreamName.parse(stream).category)
        initial = category.decider.initial_state
        state = states[stream][outcome.version - 1] if outcome.version else initial
        given, possible = _given(outcome), _answers(category, state, (stream, key), told)
        if given not in possible:
            wrong.append(f"{stream}@{outcome.version}: {key} was told {given}, not {possible[0]}")
    return wrong


def _given(outcome: Negative) -> object:
    if isinstance(outcome, Refused):
        return outcome.refusal
    return FORBIDDEN if isinstance(outcome, Forbidden) else ()


def _answers(category: Category, state: object, at: Key, told: Told) -> list[object]:
    """Give what may be answered in a state: nobody wrote down when it was decided, so first and last thing."""
    command, actor = told.asked[at], told.actors[at]
    if category.allow is not None and not category.allow(actor, command, state):
        return [FORBIDDEN]
    contexts = [Context(moment, actor, at[1]) for moment in (told.since[at], now())]
    return [category.decider.decision(command, state, one) for one in contexts]


def _states(domain: Domain, commits: Sequence[Commit]) -> dict[str, list[Any]]:
    """Fold every stream; the state behind version n stands at n - 1."""
    states: dict[str, list[Any]] = defaultdict(list)
    for commit in sorted(commits, key=lambda commit: commit.version):
        category = domain.category(StreamName.parse(commit.stream).category)
        found = states[commit.stream]
        state = found[-1] if found else category.decider.initial_state
        for recorded in commit.events:
            event = category.decode(recorded.type, recorded.schema_number, recorded.data)
            state = category.decider.evolve(state, event)
            found.append(state)
    return states
