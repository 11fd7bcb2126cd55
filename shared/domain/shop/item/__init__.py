"""The item: a thing in the warehouse that is received, reserved and shipped, and never oversold."""

from typing import Any

from shared.domain.shop.item import commands, events
from shared.domain.shop.item.decisions import decide
from shared.domain.shop.item.state import Item, evolve
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots


def _before_orders(state: dict[str, Any]) -> dict[str, Any]:
    """Read a state from before orders and shortages: none had been, and its events say the same."""
    return {**state, "ended": (), "shortages": 0, "short": False}


item = Category(
    name="item",
    decider=Decider(initial_state=Item(), decide=decide, evolve=evolve),
    commands=commands.ALL,
    process_commands=commands.PROCESS,
    events=events.ALL,
    example="SKU1",
    snapshots=Snapshots("item/2", Item, {"item/1": _before_orders}),
)
