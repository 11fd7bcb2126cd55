"""The deadline of an order: whatever became of the answers that it waits for, it does not wait for ever."""

from datetime import timedelta

from shared.domain.shop.order.commands import ExpireOrder
from shared.domain.shop.order.events import OrderPlaced
from shared.domain.shop.views.orders import orders
from shared.kernel.reactions.deadline import Deadline

expiry = Deadline(
    name="order-expiry",
    view=orders,
    waiting={"status": "placed"},
    command=ExpireOrder,
    since=OrderPlaced,
    after=timedelta(minutes=15),
)
