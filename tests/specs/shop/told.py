"""What others are told: public events, which enrichers make of internal ones and of what the views hold."""

from shared.domain.shop.order.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderRejected,
    OrderShipped,
)
from shared.domain.shop.process import public_events
from shared.domain.shop.replenishment import ReplenishmentRequested
from shared.domain.shop.views.stock import StockLevel
from tests.specs.shop.order_events import CUP, TEA
from tests.specs.spec import Told

LINK = "/api/views/orders/7"
CONFIRMED = OrderConfirmed(customer_id="C1", lines=(TEA, CUP))


def confirmed(tea: str, cup: str) -> public_events.OrderConfirmed:
    lines = (
        public_events.NamedLine(sku="TEA", quantity=2, name=tea),
        public_events.NamedLine(sku="CUP", quantity=1, name=cup),
    )
    return public_events.OrderConfirmed(link=LINK, order_id="7", customer_id="C1", lines=lines)


SPECS = [
    Told(
        "A confirmed order is told with the names of its items",
        of="order-7",
        when=CONFIRMED,
        known={"TEA": StockLevel(name="Green tea"), "CUP": StockLevel(name="A cup")},
        then=confirmed("Green tea", "A cup"),
    ),
    Told(
        "An item whose name the view does not know yet is called by its SKU",
        of="order-7",
        when=CONFIRMED,
        known={"CUP": StockLevel()},
        then=confirmed("TEA", "CUP"),
    ),
    Told(
        "A rejected order is told without what was wrong inside",
        of="order-7",
        when=OrderRejected(customer_id="C1", lines_to_release=("TEA",)),
        then=public_events.OrderRejected(link=LINK, order_id="7", customer_id="C1"),
    ),
    Told(
        "A cancelled order is told with the reason",
        of="order-7",
        when=OrderCancelled(customer_id="C1", reason="expired", lines_to_release=("TEA",)),
        then=public_events.OrderCancelled(
            link=LINK, order_id="7", customer_id="C1", reason="expired"
        ),
    ),
    Told(
        "A shipped order is told with what has left",
        of="order-7",
        when=OrderShipped(customer_id="C1", lines=(TEA,)),
        then=public_events.OrderShipped(
            link=LINK,
            order_id="7",
            customer_id="C1",
            lines=(public_events.Line(sku="TEA", quantity=2),),
        ),
    ),
    Told(
        "A shortage is told to whoever may deliver",
        of="replenishment-TEA",
        when=ReplenishmentRequested(shortage=3),
        then=public_events.ReplenishmentRequested(
            link="/api/views/replenishment/TEA", sku="TEA", shortage=3
        ),
    ),
]
