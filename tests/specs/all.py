"""Every spec of the business, in the order in which people read them."""

from tests.specs.flows import SPECS as FLOWS
from tests.specs.inbound import SPECS as INBOUND
from tests.specs.item import SPECS as ITEM
from tests.specs.item_for_orders import SPECS as ITEM_FOR_ORDERS
from tests.specs.order import SPECS as ORDER
from tests.specs.reactions import SPECS as REACTIONS
from tests.specs.replenishment import SPECS as REPLENISHMENT
from tests.specs.shortages import SPECS as SHORTAGES
from tests.specs.told import SPECS as TOLD

SPECS = [*ITEM, *SHORTAGES, *ITEM_FOR_ORDERS, *ORDER, *REPLENISHMENT]

__all__ = ["FLOWS", "INBOUND", "REACTIONS", "SPECS", "TOLD"]
