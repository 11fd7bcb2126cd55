"""Causes: the way back ends where nothing is known any more, and the way forward after so many effects."""

from dataclasses import replace

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.domain.shop import domain
from shared.domain.shop.item import item
from shared.domain.shop.item.commands import ReceiveStock
from shared.domain.shop.item.events import StockReceived
from shared.domain.shop.order.events import OrderedLine, OrderPlaced
from shared.kernel.commands.category import record
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import Commit, RecordedEvent, StoredSnapshot
from shared.kernel.messages.derived_id import derived_id
from shared.kernel.messages.envelope import Envelope, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.reactions.caused_commands import commands
from shared.kernel.reactions.causes import DEEPEST, MOST, Causes, drawn
from shared.kernel.reactions.receptor import Reaction, Receptor
from tests.kernel.worlds import TEAPOT, commit

ORDER = StreamName("order", "7")


def caused_by(cause: str, version: int = 1) -> Commit:
    made = commit(version, stream=ORDER)
    return replace(made, metadata=replace(made.metadata, causation_id=cause))


async def test_a_cause_that_is_not_stored_ends_the_way_back() -> None:
    lost = caused_by("item-TEA@4")

    assert await Causes(domain, MemoryEventStore()).root(lost) == lost


@pytest.mark.parametrize("cause", ["/carriers/fast p@1", "a key@7", "@1", "order-@1"])
async def test_a_cause_that_only_looks_like_an_event_ends_the_way_back(cause: str) -> None:
    first = caused_by(cause)

    assert await Causes(domain, MemoryEventStore()).root(first) == first


async def test_what_a_client_stored_under_the_id_of_an_effect_is_none() -> None:
    store, line = MemoryEventStore(), OrderedLine(sku="teapot", quantity=1)
    placed = commit(1, record(OrderPlaced(customer_id="C1", lines=(line,))), stream=ORDER)
    id_ = derived_id("order-7@1", "reserve-lines", TEAPOT, "teapot")
    clients = commit(1, command_id=id_)
    await store.append([placed])
    await store.append([clients])

    effect = await Causes(domain, store).of(placed)

    assert [(one.command_id, one.commit) for one in effect.caused] == [(id_, None)]
    assert await Causes(domain, store).root(clients) == clients


async def test_a_cause_of_another_deployment_ends_the_way_back() -> None:
    store = MemoryEventStore()
    melted = RecordedEvent("OrderMelted", 1, {})
    await store.append([commit(1, melted, stream=ORDER), caused_by("order-7@1", 2)])

    lost = caused_by("order-7@1", 2)
    assert await Causes(domain, store).root(lost) == lost


def echo() -> Domain:
    """Let each thing that is received be received again."""

    def again(stream: StreamName, event: StockReceived) -> list[Reaction]:
        return [Reaction(stream, ReceiveStock(quantity=event.quantity), key="again")]

    receptor = Receptor("echo", item, StockReceived, item, ReceiveStock, again)
    return replace(domain, receptors=(receptor,), policies=())


async def echoed(echoes: int) -> MemoryEventStore:
    """Store something that was received, and so many echoes, each of the one before."""
    store, made, (receptor,) = MemoryEventStore(), commit(1), echo().receptors
    await store.append([made])
    for version in range(2, echoes + 2):
        (request,) = commands(receptor, *_received(made))
        made = replace(commit(version, command_id=request.command_id), metadata=request.metadata)
        await store.append([made])
    return store


async def test_a_chain_that_is_longer_than_can_be_told_is_told_in_part() -> None:
    store = await echoed(3 * DEEPEST)
    causes = Causes(echo(), store)

    root = await causes.root(store.written[-1])
    assert root.version == store.written[-1].version - DEEPEST // 2
    assert not causes.complete
    causes = Causes(echo(), store)
    lines = drawn(await causes.of(store.written[0]), complete=causes.complete).splitlines()

    assert len(lines) == DEEPEST + 2
    assert lines[-1].startswith("and so on")


def _received(made: Commit) -> tuple[Envelope, StockReceived]:
    (envelope,) = envelopes(made)
    return envelope, StockReceived(quantity=1)


async def test_more_effects_than_anybody_reads_are_not_told() -> None:
    # More lines than an order may have: whoever writes more one day is not told all of it.
    lines = tuple(OrderedLine(sku=f"SKU{n}", quantity=1) for n in range(MOST + 1))
    placed = record(OrderPlaced.model_construct(customer_id="C1", lines=lines))
    made = commit(1, placed, stream=ORDER)

    causes = Causes(domain, MemoryEventStore())
    tree = await causes.of(made)

    assert (len(tree.caused), causes.complete) == (MOST, False)


async def test_a_tree_holds_no_snapshot() -> None:
    made = replace(commit(1), snapshot=StoredSnapshot("item/1", {"reservations": {}}))

    tree = await Causes(domain, MemoryEventStore()).of(made)

    assert tree.commit == replace(made, snapshot=None)
