"""What the demo says of its second service: an order that counts otherwise than once is named."""

from collections import Counter
from typing import Any

import pytest

from infra.local.shop.second import Counted, Loyalty, confirmed, counted, miscounted

CONFIRMED = {"type": "OrderConfirmed", "data": {"customerId": "C1"}}
SHOP: list[dict[str, Any]] = [
    {"stream": "order-7", "events": [{"type": "OrderPlaced", "data": {}}, CONFIRMED]},
    {"stream": "order-8", "events": [{"type": "OrderRejected", "data": {"customerId": "C1"}}]},
]
ONCE: Counted = Counter({("C1", "7"): 1})


def test_what_was_confirmed_counts_for_its_customer() -> None:
    order = {"type": "OrderCounted", "data": {"orderId": "7"}}

    assert confirmed(SHOP) == counted([{"stream": "member-C1", "events": [order]}]) == ONCE


def test_where_every_confirmed_order_counts_once_nothing_is_named() -> None:
    assert miscounted(SHOP, Loyalty(ONCE, {"C1": 1}, 1.0)) == []


@pytest.mark.parametrize(
    ("heard", "shown", "named"),
    [
        (Counter(), {}, "order-7 of C1 is confirmed 1 times, and counts 0 times"),
        (ONCE + ONCE, {"C1": 2}, "order-7 of C1 is confirmed 1 times, and counts 2 times"),
        (
            ONCE + Counter({("C1", "8"): 1}),
            {"C1": 2},
            "order-8 of C1 is confirmed 0 times, and counts 1 times",
        ),
        (ONCE, {}, "C1 has 1 orders that count, and is shown None"),
        (ONCE, {"C1": 2}, "C1 has 1 orders that count, and is shown 2"),
    ],
)
def test_what_counts_otherwise_is_named(heard: Counted, shown: dict[str, int], named: str) -> None:
    assert miscounted(SHOP, Loyalty(heard, shown, 1.0)) == [named]
