"""The ids of the reservations that orders make: the order, a slash, and the line, which is named by its SKU.

A slash is in no id that a client can give: nobody releases or ships over HTTP what an order holds.
"""

from shared.kernel.messages.stream import ID

ORDERS_RESERVATION = f"^{ID}/{ID}$"


def reservation_id(order: str, sku: str) -> str:
    """Name the reservation of a line of an order."""
    return f"{order}/{sku}"


def is_an_orders(reservation: str) -> bool:
    """Tell whether a reservation is an order's."""
    return "/" in reservation


def order_of(reservation: str) -> str | None:
    """Give the id of the order that a reservation is for; None when a client made it for itself."""
    order, slash, _ = reservation.partition("/")
    return order if slash else None
