"""What the world outside is told: public events, whose names and shapes others rely on, and their enrichers.

They say that something happened, and where to read more; what the state is inside, they do not say. A change that
others would stumble over is a new schema number: it is a new type on the wire.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from shared.domain.shop.order import events, order
from shared.domain.shop.replenishment import ReplenishmentRequested as Requested
from shared.domain.shop.replenishment import replenishment
from shared.domain.shop.views.orders import orders
from shared.domain.shop.views.replenishments import replenishments
from shared.domain.shop.views.stock import StockLevel, stock
from shared.kernel.feeds.public_feed import PublicFeed
from shared.kernel.messages.message import Message, PublicEvent
from shared.kernel.messages.notification import link_to
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.enricher import Enricher, Lookup


class Line(Message):
    """So many pieces of an item."""

    sku: str
    quantity: int


class NamedLine(Line):
    """So many pieces of an item, and what it is called."""

    name: str


class OfAnOrder(PublicEvent):
    """What everybody is told of an order: which, and whose."""

    order_id: str
    customer_id: str


class OrderConfirmed(OfAnOrder):
    """Stock is held for every line of an order."""

    lines: tuple[NamedLine, ...]


class OrderRejected(OfAnOrder):
    """An item of an order cannot be had: the order is over, and nothing is held for it."""


class OrderCancelled(OfAnOrder):
    """An order was called off: its customer asked for it, or it waited for too long."""

    reason: Literal["asked", "expired"]


class OrderShipped(OfAnOrder):
    """The goods of an order have left the house."""

    lines: tuple[Line, ...]


class ReplenishmentRequested(PublicEvent):
    """More of an item is wanted, because of its nth shortage."""

    sku: str
    shortage: int


def _skus(_stream: StreamName, event: events.OrderConfirmed) -> Iterable[str]:
    return [line.sku for line in event.lines]


def _confirmed(
    stream: StreamName, event: events.OrderConfirmed, levels: Mapping[str, StockLevel]
) -> OrderConfirmed:
    return OrderConfirmed(
        link=link_to(orders, stream.id),
        order_id=stream.id,
        customer_id=event.customer_id,
        lines=tuple(
            # The view may lag behind the registration: then the SKU has to do.
            NamedLine(sku=line.sku, quantity=line.quantity, name=_name(levels, line.sku))
            for line in event.lines
        ),
    )


def _name(levels: Mapping[str, StockLevel], sku: str) -> str:
    level = levels.get(sku)
    return level.name if level is not None and level.name else sku


def _rejected(
    stream: StreamName, event: events.OrderRejected, _found: Mapping[str, Message]
) -> OrderRejected:
    link = link_to(orders, stream.id)
    return OrderRejected(link=link, order_id=stream.id, customer_id=event.customer_id)


def _cancelled(
    stream: StreamName, event: events.OrderCancelled, _found: Mapping[str, Message]
) -> OrderCancelled:
    return OrderCancelled(
        link=link_to(orders, stream.id),
        order_id=stream.id,
        customer_id=event.customer_id,
        reason=event.reason,
    )


def _shipped(
    stream: StreamName, event: events.OrderShipped, _found: Mapping[str, Message]
) -> OrderShipped:
    return OrderShipped(
        link=link_to(orders, stream.id),
        order_id=stream.id,
        customer_id=event.customer_id,
        lines=tuple(Line(sku=line.sku, quantity=line.quantity) for line in event.lines),
    )


def _requested(
    stream: StreamName, event: Requested, _found: Mapping[str, Message]
) -> ReplenishmentRequested:
    link = link_to(replenishments, stream.id)
    return ReplenishmentRequested(link=link, sku=stream.id, shortage=event.shortage)


ALL = (
    Enricher(
        *(
            "order-confirmation",
            order,
            events.OrderConfirmed,
            OrderConfirmed,
            _confirmed,
        ),
        lookup=Lookup(stock, _skus),
    ),
    Enricher("order-rejection", order, events.OrderRejected, OrderRejected, _rejected),
    Enricher("order-cancellation", order, events.OrderCancelled, OrderCancelled, _cancelled),
    Enricher("order-shipment", order, events.OrderShipped, OrderShipped, _shipped),
    Enricher(
        "replenishment-request",
        replenishment,
        Requested,
        ReplenishmentRequested,
        _requested,
    ),
)

FEED = PublicFeed(
    "shop",
    "What happens to orders, and what is wanted",
    (OrderConfirmed, OrderRejected, OrderCancelled, OrderShipped, ReplenishmentRequested),
)
