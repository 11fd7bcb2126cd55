"""The context: what a decision may know beside its command and the state."""

from dataclasses import dataclass
from datetime import datetime

from shared.kernel.messages.commit import Metadata


@dataclass(frozen=True, slots=True)
class Context:
    """When a command is decided, who asked for it, and under which id.

    All of it stands in the commit: the same decision can be made again at any time. `now` is the commit's time, in
    UTC; `actor` is None where nobody is known, and the reaction for what an event has caused.
    """

    now: datetime
    actor: str | None
    command_id: str


def context_of(command_id: str, metadata: Metadata, time: str) -> Context:
    """Give the context of a command that is decided at a time."""
    return Context(datetime.fromisoformat(time), metadata.actor, command_id)
