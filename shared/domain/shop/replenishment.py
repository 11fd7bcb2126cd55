"""The replenishment of an item: that somebody is to order more, once a shortage.

Names and shapes of events are stored for ever: a new shape is a new schema number.
"""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.message import LARGEST_EXACT_INTEGER, Command, Event

Shortage = Annotated[int, Field(ge=1, le=LARGEST_EXACT_INTEGER, examples=[1])]


class RecordReplenishmentRequest(Command):
    """The item's nth shortage asks for more of it."""

    shortage: Shortage


class ReplenishmentRequested(Event):
    """More of the item is wanted, because of its nth shortage."""

    shortage: int


@dataclass(frozen=True, slots=True)
class Replenishment:
    """The last shortage for which more was requested."""

    last_shortage: int = 0


def decide(
    command: RecordReplenishmentRequest, state: Replenishment
) -> tuple[ReplenishmentRequested, ...]:
    """Take the fact that the policy makes, unless it or that of a later shortage is known."""
    if command.shortage <= state.last_shortage:
        return ()
    return (ReplenishmentRequested(shortage=command.shortage),)


def evolve(state: Replenishment, event: ReplenishmentRequested) -> Replenishment:
    """Remember one event."""
    return replace(state, last_shortage=event.shortage)


replenishment = Category(
    name="replenishment",
    decider=Decider(initial_state=Replenishment(), decide=decide, evolve=evolve),
    commands=(),
    process_commands=(RecordReplenishmentRequest,),
    events=(ReplenishmentRequested,),
    example="SKU1",
    snapshots=Snapshots("replenishment/1", Replenishment),
)
