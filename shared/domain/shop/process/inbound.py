"""What others tell: a carrier dispatches an order, a supplier delivers goods."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from shared.domain.shop.item import item
from shared.domain.shop.item.commands import Quantity, ReceiveStock
from shared.domain.shop.order import order
from shared.domain.shop.order.commands import CustomerId, RecordDispatch, Sku
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.stream import ID, StreamName
from shared.kernel.reactions.receptor import Reaction

OrderId = Annotated[str, Field(pattern=f"^{ID}$")]


class ParcelDispatched(OutsideData):
    """The parcel of an order has left the house."""

    order_id: OrderId
    customer_id: CustomerId


class DeliveryArrived(OutsideData):
    """A supplier's goods have come in."""

    sku: Sku
    quantity: Quantity


def _dispatch(parcel: ParcelDispatched) -> Iterable[Reaction]:
    command = RecordDispatch(customer_id=parcel.customer_id)
    yield Reaction(StreamName(order.name, parcel.order_id), command, key="dispatch")


def _receive(delivery: DeliveryArrived) -> Iterable[Reaction]:
    command = ReceiveStock(quantity=delivery.quantity)
    yield Reaction(StreamName(item.name, delivery.sku), command, key="delivery")


ALL = (
    InboundReceptor(
        "carrier-dispatch",
        "com.example.carrier.parcel-dispatched",
        ParcelDispatched,
        order,
        RecordDispatch,
        _dispatch,
    ),
    InboundReceptor(
        "supplier-delivery",
        "com.example.supplier.delivery-arrived",
        DeliveryArrived,
        item,
        ReceiveStock,
        _receive,
    ),
)
