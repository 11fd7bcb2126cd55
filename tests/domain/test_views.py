"""The views fold events of their own category, and nothing else."""

import pytest

from shared.domain.shop.item.events import StockReceived
from shared.domain.shop.views.orders import OrderSummary, customer_id, evolve
from shared.domain.shop.views.replenishments import ReplenishmentSummary
from shared.domain.shop.views.replenishments import evolve as count
from shared.kernel.messages.stream import StreamName

RECEIVED = StockReceived(quantity=1)


def test_events_of_others_change_no_summary() -> None:
    assert evolve(OrderSummary(), RECEIVED) == OrderSummary()
    assert count(ReplenishmentSummary(), RECEIVED) == ReplenishmentSummary()


def test_only_events_of_an_order_have_a_customer() -> None:
    with pytest.raises(TypeError, match="StockReceived is no event of an order"):
        customer_id(StreamName("order", "7"), RECEIVED)
