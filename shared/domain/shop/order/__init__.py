"""The order: what a customer wants, confirmed when every item holds its part, over when one has nothing."""

from shared.domain.shop.order import commands, events
from shared.domain.shop.order.decisions import decide
from shared.domain.shop.order.state import Order, evolve
from shared.kernel.commands.category import Category
from shared.kernel.commands.decider import Decider
from shared.kernel.commands.snapshot import Snapshots

order = Category(
    name="order",
    decider=Decider(initial_state=Order(), decide=decide, evolve=evolve),
    commands=commands.ALL,
    process_commands=commands.PROCESS,
    events=events.ALL,
    snapshots=Snapshots("order/1", Order),
)
