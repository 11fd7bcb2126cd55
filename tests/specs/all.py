"""Every spec of the business, in the order in which people read them."""

from tests.specs.item import SPECS as ITEM

SPECS = [*ITEM]
