"""However the messages of an order overtake and repeat one another, every promise is kept in the end."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import pytest

from infra.local.shop.process import broken
from shared.domain.shop.item.commands import (
    ReceiveStock,
    RegisterItem,
    ReleaseForOrder,
    ReserveForOrder,
)
from shared.domain.shop.order.commands import (
    CancelOrder,
    ExpireOrder,
    OrderLine,
    PlaceOrder,
    RecordDecline,
    RecordDispatch,
)
from shared.kernel.commands.decider import Refusal
from shared.kernel.messages.message import Command, Event, type_name
from shared.kernel.messages.stream import StreamName
from tests.permutations.process import Pure

ORDER, TEA, CUP = StreamName("order", "7"), StreamName("item", "TEA"), StreamName("item", "CUP")
LINES = (OrderLine(sku="TEA", quantity=2), OrderLine(sku="CUP", quantity=1))
MESSAGES: dict[str, tuple[StreamName, Command]] = {
    "place": (ORDER, PlaceOrder(customer_id="C1", lines=LINES)),
    "reserve": (TEA, ReserveForOrder(reservation_id="7/TEA", quantity=2)),
    "decline": (ORDER, RecordDecline(sku="CUP", reason="not-enough-stock")),
    "cancel": (ORDER, CancelOrder()),
    "release": (TEA, ReleaseForOrder(reservation_id="7/TEA")),
    "dispatch": (ORDER, RecordDispatch(customer_id="C1")),
}
MAY_BE_REFUSED = {"place", "cancel"}


def doubled() -> Iterator[tuple[str, ...]]:
    """Every order of the messages in which one of them comes twice."""
    for name in MESSAGES:
        yield from sorted(set(permutations((*MESSAGES, name))))


def happen(way: Sequence[str], *, another_id: bool, at_once: bool, cups: int) -> Pure:
    """Let the messages come, the reactions at once or only behind them all; at last the order's time is up."""
    world = Pure()
    for stream, quantity in ((TEA, 5), (CUP, cups)):
        world.send(stream, RegisterItem(name=stream.id, reorder_point=2), "register")
        if quantity:
            world.send(stream, ReceiveStock(quantity=quantity), "receive")
    for number, name in enumerate(way):
        stream, command = MESSAGES[name]
        refused = world.send(stream, command, f"{name}-{number}" if another_id else name)
        assert not isinstance(refused, Refusal) or name in MAY_BE_REFUSED
        if at_once:
            world.settle()
    world.settle()
    world.send(ORDER, ExpireOrder(), "expire")
    world.settle()
    return world


def raw(event: Event) -> dict[str, Any]:
    return {"type": type_name(type(event)), "data": event.model_dump(mode="json")}


def check(way: Sequence[str], world: Pure) -> None:
    wrong = broken({str(stream): list(map(raw, events)) for stream, events in world.events.items()})
    assert wrong == [], (way, world.events)


@pytest.mark.parametrize("at_once", [True, False], ids=["reacting at once", "reacting late"])
@pytest.mark.parametrize("cups", [0, 5], ids=["no cup", "cups enough"])
def test_every_permutation_settles(cups: int, *, at_once: bool) -> None:
    ways = list(permutations(MESSAGES))
    for way in ways:
        check(way, happen(way, another_id=False, at_once=at_once, cups=cups))
    assert len(ways) == 720


@pytest.mark.parametrize(
    ("cups", "at_once", "another_id"),
    [(5, True, True), (0, False, True), (5, False, False)],
    ids=["under another id", "under another id, reacting late", "under its own id"],
)
def test_every_permutation_with_every_message_twice_settles(
    cups: int, *, at_once: bool, another_id: bool
) -> None:
    ways = list(doubled())
    for way in ways:
        check(way, happen(way, another_id=another_id, at_once=at_once, cups=cups))
    assert len(ways) == 6 * 2520
