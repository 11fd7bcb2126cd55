"""The enricher: the public `OrderConfirmed` carries the items' names."""

from collections.abc import Iterable, Mapping

from shared.domain.order import order
from shared.domain.order.events import OrderConfirmed
from shared.domain.process import public
from shared.domain.process.public import NamedLine
from shared.domain.stock import StockLevel, stock
from shared.kernel.enricher import Enricher
from shared.kernel.stream import StreamName


def _skus(_stream: StreamName, event: OrderConfirmed) -> Iterable[str]:
    return [line.sku for line in event.lines]


def _with_names(
    stream: StreamName, event: OrderConfirmed, levels: Mapping[str, StockLevel]
) -> public.OrderConfirmed:
    lines = tuple(
        # The view may lag behind the registration: then the SKU has to do.
        NamedLine(sku=line.sku, name=_name(levels, line.sku), quantity=line.quantity)
        for line in event.lines
    )
    return public.OrderConfirmed(order_id=stream.id, customer_id=event.customer_id, lines=lines)


def _name(levels: Mapping[str, StockLevel], sku: str) -> str:
    level = levels.get(sku)
    return level.name if level is not None and level.name else sku


confirmation = Enricher(
    name="order-confirmation",
    category=order,
    event=OrderConfirmed,
    view=stock,
    keys=_skus,
    public=public.OrderConfirmed,
    enrich=_with_names,
)
