"""The view `replenishment`: which items are to be ordered, by SKU."""

from shared.domain.shop.replenishment import ReplenishmentRequested
from shared.domain.shop.replenishment import replenishment as category
from shared.domain.shop.views.stock import sku
from shared.kernel.messages.message import Event, Message
from shared.kernel.views.view import View


class ReplenishmentSummary(Message):
    """How often more of an item was requested, and for which of its shortages last."""

    requests: int = 0
    last_shortage: int = 0


def evolve(summary: ReplenishmentSummary, event: Event) -> ReplenishmentSummary:
    """Fold one event of a replenishment into its summary."""
    if not isinstance(event, ReplenishmentRequested):
        return summary
    return ReplenishmentSummary(requests=summary.requests + 1, last_shortage=event.shortage)


replenishments = View(
    name="replenishment",
    category=category,
    data_type=ReplenishmentSummary,
    evolve=evolve,
    key=sku,
    sorts=("requests",),
)
