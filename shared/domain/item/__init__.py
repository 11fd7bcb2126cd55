"""The item: a thing in the warehouse that is received, reserved and shipped, and never oversold."""

from shared.domain.item import commands, events
from shared.domain.item.decisions import decide
from shared.domain.item.state import Item, evolve
from shared.kernel.category import Category
from shared.kernel.decider import Decider
from shared.kernel.snapshot import Snapshots

item = Category(
    name="item",
    decider=Decider(initial_state=Item(), decide=decide, evolve=evolve),
    commands=commands.ALL,
    events=events.ALL,
    snapshots=Snapshots("item/1", Item),
)
