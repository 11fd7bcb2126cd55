"""The order process as pure functions: deciders, receptors and policies on a handful of lists."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from shared.domain.shop import domain
from shared.kernel.commands.decider import Refusal
from shared.kernel.messages.message import Command, Event
from shared.kernel.messages.stream import StreamName


@dataclass
class Pure:
    """Streams and their states; `waiting` is what the reactions have not seen yet."""

    events: dict[StreamName, list[Event]] = field(default_factory=dict)
    states: dict[StreamName, Any] = field(default_factory=dict)
    seen: set[tuple[StreamName, str]] = field(default_factory=set)
    waiting: deque[tuple[StreamName, int, Event]] = field(default_factory=deque)

    def send(self, stream: StreamName, command: Command, id_: str) -> Refusal | None:
        """Decide a command, unless its id has taken effect already."""
        if (stream, id_) in self.seen:
            return None
        decider = domain.category(stream.category).decider
        state = self.states.get(stream, decider.initial_state)
        decision = decider.decision(command, state, None)
        if isinstance(decision, Refusal):
            return decision
        if decision:
            self.seen.add((stream, id_))
        recorded = self.events.setdefault(stream, [])
        for event in decision:
            recorded.append(event)
            state = decider.evolve(state, event)
            self.waiting.append((stream, len(recorded), event))
        self.states[stream] = state
        return None

    def settle(self) -> None:
        """React to everything, the newest last, until nothing more comes of it."""
        while self.waiting:
            stream, version, event = self.waiting.popleft()
            for reacting in domain.reactions:
                if type(event) is reacting.event:
                    for reaction in reacting.reactions(stream, event):
                        id_ = reacting.identify(f"{stream}@{version}", reaction)
                        refused = self.send(reaction.target, reaction.command, id_)
                        assert refused is None, f"{reaction} was refused: {refused}"
