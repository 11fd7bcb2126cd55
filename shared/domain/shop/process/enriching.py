"""The enrichers: what others are told of orders and replenishments; a confirmed order carries the items' names."""

from collections.abc import Iterable, Mapping

from shared.domain.shop.order import events, order
from shared.domain.shop.process import public_events
from shared.domain.shop.replenishment import ReplenishmentRequested, replenishment
from shared.domain.shop.views.orders import orders
from shared.domain.shop.views.replenishments import replenishments
from shared.domain.shop.views.stock import StockLevel, stock
from shared.kernel.messages.message import Message
from shared.kernel.messages.notification import link_to
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.enricher import Enricher, Lookup


def _skus(_stream: StreamName, event: events.OrderConfirmed) -> Iterable[str]:
    return [line.sku for line in event.lines]


def _confirmed(
    stream: StreamName, event: events.OrderConfirmed, levels: Mapping[str, StockLevel]
) -> public_events.OrderConfirmed:
    return public_events.OrderConfirmed(
        link=link_to(orders, stream.id),
        order_id=stream.id,
        customer_id=event.customer_id,
        lines=tuple(
            # The view may lag behind the registration: then the SKU has to do.
            public_events.NamedLine(
                sku=line.sku, quantity=line.quantity, name=_name(levels, line.sku)
            )
            for line in event.lines
        ),
    )


def _name(levels: Mapping[str, StockLevel], sku: str) -> str:
    level = levels.get(sku)
    return level.name if level is not None and level.name else sku


def _rejected(
    stream: StreamName, event: events.OrderRejected, _found: Mapping[str, Message]
) -> public_events.OrderRejected:
    link = link_to(orders, stream.id)
    return public_events.OrderRejected(link=link, order_id=stream.id, customer_id=event.customer_id)


def _cancelled(
    stream: StreamName, event: events.OrderCancelled, _found: Mapping[str, Message]
) -> public_events.OrderCancelled:
    return public_events.OrderCancelled(
        link=link_to(orders, stream.id),
        order_id=stream.id,
        customer_id=event.customer_id,
        reason=event.reason,
    )


def _shipped(
    stream: StreamName, event: events.OrderShipped, _found: Mapping[str, Message]
) -> public_events.OrderShipped:
    return public_events.OrderShipped(
        link=link_to(orders, stream.id),
        order_id=stream.id,
        customer_id=event.customer_id,
        lines=tuple(
            public_events.Line(sku=line.sku, quantity=line.quantity) for line in event.lines
        ),
    )


def _requested(
    stream: StreamName, event: ReplenishmentRequested, _found: Mapping[str, Message]
) -> public_events.ReplenishmentRequested:
    link = link_to(replenishments, stream.id)
    return public_events.ReplenishmentRequested(link=link, sku=stream.id, shortage=event.shortage)


ALL = (
    Enricher(
        *(
            "order-confirmation",
            order,
            events.OrderConfirmed,
            public_events.OrderConfirmed,
            _confirmed,
        ),
        lookup=Lookup(stock, _skus),
    ),
    Enricher(
        "order-rejection", order, events.OrderRejected, public_events.OrderRejected, _rejected
    ),
    Enricher(
        "order-cancellation", order, events.OrderCancelled, public_events.OrderCancelled, _cancelled
    ),
    Enricher("order-shipment", order, events.OrderShipped, public_events.OrderShipped, _shipped),
    Enricher(
        "replenishment-request",
        replenishment,
        ReplenishmentRequested,
        public_events.ReplenishmentRequested,
        _requested,
    ),
)
