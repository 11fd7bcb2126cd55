"""★ The business: orders and stock. Swap this folder (and tests/specs) and you have another product."""

from shared.domain.item import item
from shared.domain.order import order
from shared.domain.orders import customers, orders
from shared.domain.process import DEADLINES, ENRICHERS, INBOUND, POLICIES, RECEPTORS
from shared.domain.replenishment import replenishment
from shared.domain.replenishments import replenishments
from shared.domain.stock import stock
from shared.kernel.domain import Domain

domain = Domain(
    categories=(item, order, replenishment),
    views=(stock, orders, customers, replenishments),
    receptors=RECEPTORS,
    policies=POLICIES,
    enrichers=ENRICHERS,
    deadlines=DEADLINES,
    inbound=INBOUND,
)
