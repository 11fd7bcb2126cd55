"""What an item answers to orders: an event or nothing, in whatever order they ask, and never a refusal."""

from shared.domain.shop.item.commands import (
    ReleaseForOrder,
    ReleaseReservation,
    ReserveForOrder,
    ShipForOrder,
)
from shared.domain.shop.item.events import (
    ReservationDeclined,
    ReservationReleased,
    ReservationShipped,
    ReservationWithdrawn,
    StockReserved,
)
from tests.specs.shop.item import DISCONTINUED, TEN_IN_STOCK
from tests.specs.spec import Spec

LINE = "7/SKU1"
HELD = StockReserved(reservation_id=LINE, quantity=4)
RELEASED = ReservationReleased(reservation_id=LINE, quantity=4)
SHIPPED = ReservationShipped(reservation_id=LINE, quantity=4)
WITHDRAWN = ReservationWithdrawn(reservation_id=LINE)


def declined(quantity: int, reason: str) -> ReservationDeclined:
    return ReservationDeclined(reservation_id=LINE, quantity=quantity, reason=reason)


SPECS = [
    Spec(
        "A line of an order is reserved",
        given=TEN_IN_STOCK,
        when=ReserveForOrder(reservation_id=LINE, quantity=4),
        then=[HELD],
    ),
    Spec(
        "A line takes the last piece",
        given=TEN_IN_STOCK,
        when=ReserveForOrder(reservation_id=LINE, quantity=10),
        then=[StockReserved(reservation_id=LINE, quantity=10)],
    ),
    Spec(
        "A line for which there is not enough is declined",
        given=TEN_IN_STOCK,
        when=ReserveForOrder(reservation_id=LINE, quantity=11),
        then=[declined(11, "not-enough-stock")],
    ),
    Spec(
        "A line of an item that nobody registered is declined",
        given=[],
        when=ReserveForOrder(reservation_id=LINE, quantity=1),
        then=[declined(1, "item-unknown")],
    ),
    Spec(
        "A line of a discontinued item is declined",
        given=DISCONTINUED,
        when=ReserveForOrder(reservation_id=LINE, quantity=1),
        then=[declined(1, "item-discontinued")],
    ),
    Spec(
        "A line holds once",
        given=[*TEN_IN_STOCK, HELD],
        when=ReserveForOrder(reservation_id=LINE, quantity=4),
        then=[],
    ),
    Spec(
        "A line is released",
        given=[*TEN_IN_STOCK, HELD],
        when=ReleaseForOrder(reservation_id=LINE),
        then=[RELEASED],
    ),
    Spec(
        "A line is released once",
        given=[*TEN_IN_STOCK, HELD, RELEASED],
        when=ReleaseForOrder(reservation_id=LINE),
        then=[],
    ),
    Spec(
        "A release that overtakes its reservation withdraws it",
        given=TEN_IN_STOCK,
        when=ReleaseForOrder(reservation_id=LINE),
        then=[WITHDRAWN],
    ),
    Spec(
        "A reservation that was withdrawn is declined",
        given=[*TEN_IN_STOCK, WITHDRAWN],
        when=ReserveForOrder(reservation_id=LINE, quantity=4),
        then=[declined(4, "reservation-ended")],
    ),
    Spec(
        "Nothing is left to release of a line that was declined",
        given=[*TEN_IN_STOCK, declined(11, "not-enough-stock")],
        when=ReleaseForOrder(reservation_id=LINE),
        then=[],
    ),
    Spec(
        "A line is shipped",
        given=[*TEN_IN_STOCK, HELD],
        when=ShipForOrder(reservation_id=LINE),
        then=[SHIPPED],
    ),
    Spec(
        "A line is shipped once",
        given=[*TEN_IN_STOCK, HELD, SHIPPED],
        when=ShipForOrder(reservation_id=LINE),
        then=[],
    ),
    Spec(
        "What an order holds is nobody's to release but the order's",
        given=[*TEN_IN_STOCK, StockReserved(reservation_id="7", quantity=1), HELD],
        when=ReleaseReservation(reservation_id="7"),
        then=[ReservationReleased(reservation_id="7", quantity=1)],
    ),
]
