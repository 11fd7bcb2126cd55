"""The receptors between orders and items. Their names are in ids that are stored: they stay as they are."""

from collections.abc import Iterable

from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReleaseForOrder, ReserveForOrder, ShipForOrder
from shared.domain.shop.item.events import ReservationDeclined, StockReserved
from shared.domain.shop.item.reservations import order_of, reservation_id
from shared.domain.shop.order import order
from shared.domain.shop.order.commands import RecordDecline, RecordReservation
from shared.domain.shop.order.events import (
    LateReservationRecorded,
    OrderCancelled,
    OrderPlaced,
    OrderRejected,
    OrderShipped,
)
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.receptor import Reaction, Receptor


def _reserve(stream: StreamName, event: OrderPlaced) -> Iterable[Reaction]:
    for line in event.lines:
        reservation = reservation_id(stream.id, line.sku)
        command = ReserveForOrder(reservation_id=reservation, quantity=line.quantity)
        yield Reaction(StreamName(item.name, line.sku), command, key=line.sku)


def _record_reservation(stream: StreamName, event: StockReserved) -> Iterable[Reaction]:
    id_ = order_of(event.reservation_id)
    if id_ is not None:
        command = RecordReservation(sku=stream.id)
        yield Reaction(StreamName(order.name, id_), command, key=stream.id)


def _record_decline(stream: StreamName, event: ReservationDeclined) -> Iterable[Reaction]:
    id_ = order_of(event.reservation_id)
    if id_ is not None:
        command = RecordDecline(sku=stream.id, reason=event.reason)
        yield Reaction(StreamName(order.name, id_), command, key=stream.id)


def _release(stream: StreamName, event: OrderRejected | OrderCancelled) -> Iterable[Reaction]:
    for sku in event.lines_to_release:
        yield _release_line(stream, sku)


def _release_late(stream: StreamName, event: LateReservationRecorded) -> Iterable[Reaction]:
    yield _release_line(stream, event.sku)


def _release_line(stream: StreamName, sku: str) -> Reaction:
    command = ReleaseForOrder(reservation_id=reservation_id(stream.id, sku))
    return Reaction(StreamName(item.name, sku), command, key=sku)


def _ship(stream: StreamName, event: OrderShipped) -> Iterable[Reaction]:
    for line in event.lines:
        command = ShipForOrder(reservation_id=reservation_id(stream.id, line.sku))
        yield Reaction(StreamName(item.name, line.sku), command, key=line.sku)


ALL = (
    Receptor("reserve-lines", order, OrderPlaced, item, ReserveForOrder, _reserve),
    Receptor(
        "record-reservation", item, StockReserved, order, RecordReservation, _record_reservation
    ),
    Receptor("record-decline", item, ReservationDeclined, order, RecordDecline, _record_decline),
    Receptor("release-rejected", order, OrderRejected, item, ReleaseForOrder, _release),
    Receptor("release-cancelled", order, OrderCancelled, item, ReleaseForOrder, _release),
    Receptor("release-late", order, LateReservationRecorded, item, ReleaseForOrder, _release_late),
    Receptor("ship-lines", order, OrderShipped, item, ShipForOrder, _ship),
)
