"""Every spec of the business, in the order in which people read them."""

from tests.specs.item import SPECS as ITEM
from tests.specs.item_for_orders import SPECS as ITEM_FOR_ORDERS
from tests.specs.order import SPECS as ORDER
from tests.specs.replenishment import SPECS as REPLENISHMENT
from tests.specs.shortages import SPECS as SHORTAGES

SPECS = [*ITEM, *SHORTAGES, *ITEM_FOR_ORDERS, *ORDER, *REPLENISHMENT]
