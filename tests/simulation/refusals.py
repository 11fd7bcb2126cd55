"""Whether what was refused had to be: decided again on the events that the answer names, and on no others."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from shared.domain.shop import domain
from shared.kernel.commands.outcome import Accepted, Outdated, Refused
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import in_no_context
from tests.simulation.told import Told


def unjust(commits: Sequence[Commit], told: Told) -> list[str]:
    """Name the negative answers that the stream, as it was at their version, does not give."""
    states = _states(commits)
    wrong: list[str] = []
    for (stream, key), outcome in told.answers():
        if isinstance(outcome, Accepted | Outdated):
            continue
        if outcome.version > len(states[stream]):
            wrong.append(
                f"{stream}: {key} was told of version {outcome.version}, which is not there"
            )
            continue
        decider = domain.category(StreamName.parse(stream).category).decider
        state = states[stream][outcome.version - 1] if outcome.version else decider.initial_state
        expected = outcome.refusal if isinstance(outcome, Refused) else ()
        decision = decider.decision(told.asked[stream, key], state, in_no_context)
        if decision != expected:
            wrong.append(f"{stream}@{outcome.version}: {key} was told {expected}, not {decision}")
    return wrong


def _states(commits: Sequence[Commit]) -> dict[str, list[Any]]:
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
