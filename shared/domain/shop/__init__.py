"""The business that ships: orders and stock, never oversold."""

from shared.domain.shop.item import item
from shared.domain.shop.order import order
from shared.domain.shop.process import DEADLINES, ENRICHERS, FEEDS, INBOUND, POLICIES, RECEPTORS
from shared.domain.shop.replenishment import replenishment
from shared.domain.shop.views.orders import customers, orders
from shared.domain.shop.views.replenishments import replenishments
from shared.domain.shop.views.stock import stock
from shared.kernel.domain import About, Domain

domain = Domain(
    categories=(item, order, replenishment),
    views=(stock, orders, customers, replenishments),
    receptors=RECEPTORS,
    policies=POLICIES,
    enrichers=ENRICHERS,
    feeds=FEEDS,
    deadlines=DEADLINES,
    inbound=INBOUND,
    about=About(title="Orders and stock", licence="MIT"),
)
