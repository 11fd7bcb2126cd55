"""Causes: the way back ends where nothing is known any more, and the way forward after so many effects."""

from dataclasses import replace

from shared.adapters.memory import MemoryEventStore
from shared.domain import domain
from shared.domain.order.events import OrderedLine, OrderPlaced
from shared.kernel.category import record
from shared.kernel.causes import MOST, Causes
from shared.kernel.commit import Commit
from shared.kernel.stream import StreamName
from tests.kernel.worlds import commit

ORDER = StreamName("order", "7")


def caused_by(cause: str, version: int = 1) -> Commit:
    made = commit(version, stream=ORDER)
    return replace(made, metadata=replace(made.metadata, causation_id=cause))


async def test_a_cause_that_is_not_stored_ends_the_way_back() -> None:
    lost = caused_by("item-TEA@4")

    assert await Causes(domain, MemoryEventStore()).root(lost) == lost


async def test_a_circle_of_causes_ends_too() -> None:
    store = MemoryEventStore()
    own = caused_by("order-7@1")
    await store.append([own])

    assert (await Causes(domain, store).root(own)).command_id == own.command_id


async def test_more_effects_than_anybody_reads_are_not_told() -> None:
    # More lines than an order may have: whoever writes more one day is not told all of it.
    lines = tuple(OrderedLine(sku=f"SKU{n}", quantity=1) for n in range(MOST + 1))
    placed = record(OrderPlaced.model_construct(customer_id="C1", lines=lines))
    made = commit(1, placed, stream=ORDER)

    tree = await Causes(domain, MemoryEventStore()).of(made)

    assert len(tree.caused) == MOST
