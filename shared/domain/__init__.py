"""★ The business: orders and stock. Swap this folder (and tests/specs) and you have another product."""

from shared.domain.item import item
from shared.domain.stock import stock
from shared.kernel.domain import Domain

domain = Domain(categories=(item,), views=(stock,))
