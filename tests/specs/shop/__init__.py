"""Every spec of the business, in the order in which people read them."""

from tests.specs.shop.flows import SPECS as FLOWS
from tests.specs.shop.inbound import SPECS as INBOUND
from tests.specs.shop.item import SPECS as ITEM
from tests.specs.shop.item_for_orders import SPECS as ITEM_FOR_ORDERS
from tests.specs.shop.order import SPECS as ORDER
from tests.specs.shop.reactions import SPECS as REACTIONS
from tests.specs.shop.replenishment import SPECS as REPLENISHMENT
from tests.specs.shop.shortages import SPECS as SHORTAGES
from tests.specs.shop.told import SPECS as TOLD

SPECS = [*ITEM, *SHORTAGES, *ITEM_FOR_ORDERS, *ORDER, *REPLENISHMENT]

__all__ = ["FLOWS", "INBOUND", "REACTIONS", "SPECS", "TOLD"]
