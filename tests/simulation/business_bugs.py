"""Planted bugs of the business, its deadlines and its snapshots: the same decider would say the same again."""

from tests.simulation.planting import Bug

ITEM, ORDER = "shared.domain.shop.item", "shared.domain.shop.order"
DEADLINES, SNAPSHOTS = "consumers.deadlines", "shared.kernel.commands.snapshot:Snapshots"

BUSINESS = [
    Bug(
        "an item refuses its last piece",
        f"{ITEM}.decisions:_reserve",
        "command.quantity > state.available",
        "command.quantity >= state.available",
    ),
    Bug(
        "an order does not get the last piece",
        f"{ITEM}.process:_why_not",
        "command.quantity > state.available",
        "command.quantity >= state.available",
    ),
    Bug(
        "nobody is told that an item runs low",
        f"{ITEM}.shortages:with_crossing",
        "return (*events, StockRanLow(shortage=after.shortages + 1))",
        "return events",
    ),
    Bug(
        "an item runs low again in every commit",
        f"{ITEM}.shortages:with_crossing",
        "after.low and not state.low",
        "after.low",
    ),
    Bug(
        "an order that has waited for too long waits on",
        f"{ORDER}.decisions:decide",
        'return _over(_called_off("expired", state), state) if state.status == "placed" else ()',
        "return ()",
    ),
    Bug(
        "an order expires although it is confirmed",
        f"{ORDER}.decisions:decide",
        'if state.status == "placed" else ()',
        'if state.status in {"placed", "confirmed"} else ()',
    ),
    Bug(
        "a deadline is over at once",
        "shared.kernel.reactions.deadline:Deadline._number",
        "now < start",
        "False",
    ),
    Bug(
        "only the first page is looked at for what waits",
        f"{DEADLINES}:_cursor",
        "len(rows) < page",
        "True",
    ),
    Bug(
        "a snapshot of an older schema is read as if it were of this one",
        f"{SNAPSHOTS}.read",
        "self.upcasters[stored.schema_name](state)",
        "dict(state)",
    ),
    Bug(
        "a snapshot of a schema that is not known is read all the same",
        f"{SNAPSHOTS}.read",
        "        return None\n"
        "    try:\n"
        "        state = stored.state\n"
        "        if stored.schema_name != self.schema:\n",
        "        pass\n"
        "    try:\n"
        "        state = stored.state\n"
        "        if stored.schema_name in self.upcasters:\n",
    ),
]
