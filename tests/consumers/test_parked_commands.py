"""What the durable mailbox cannot decide: it is parked alone, and what is behind it goes on."""

from dataclasses import replace

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.adapters.names import MAILBOX
from shared.domain.shop import domain
from shared.domain.shop.item.commands import ReceiveStock, RegisterItem
from shared.kernel.commands.category import record
from shared.kernel.commands.queued_command import stream_of
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.domain import Domain
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from tests.consumers.mailboxes import REGISTER, World, waiting
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, commit

UNKNOWN = waiting(REGISTER, "c1").replace(b"RegisterItem", b"MeltItem")


@pytest.fixture
def world() -> World:
    return World()


async def test_a_command_of_newer_code_is_parked_alone_and_has_no_outcome_yet(world: World) -> None:
    wrong = waiting(ReceiveStock(quantity=5), "c2").replace(b'"quantity":5', b'"quantity":-5')
    batch = [UNKNOWN, waiting(REGISTER, "c0"), wrong]

    await world.mailbox.handle(batch)
    await world.mailbox.handle(batch)

    first, second = world.parking.markers()
    assert "no command MeltItem" in first.error
    assert second.error.endswith(
        "ReceiveStock: /quantity greater_than_equal: Input should be greater than or equal to 1"
    )
    assert first.envelope is not None
    assert (first.envelope["stream"], first.envelope["commandId"]) == (str(TEAPOT), "c1")
    assert await world.outcomes.read(str(TEAPOT), "c1") is None
    assert world.effects() == ["c0"]


async def test_another_command_under_the_id_of_a_parked_one_is_parked_too(world: World) -> None:
    other = waiting(ReceiveStock(quantity=5), "c1").replace(b"ReceiveStock", b"MeltStock")

    await world.mailbox.handle([UNKNOWN, other])
    await world.mailbox.handle([other, UNKNOWN])

    parked = [marker.envelope["type"] for marker in world.parking.markers() if marker.envelope]
    assert sorted(parked) == ["MeltItem", "MeltStock"]


async def decided(world: World, action: Action) -> Parked:
    """Let an operator decide on the command that is parked; give what holds it back."""
    (marker,) = world.parking.markers()
    decision = Decision(
        MAILBOX, marker.stream, marker.version, action, "no such thing", "ann", NOON
    )
    await world.parking.decide(decision)
    return marker


async def test_a_command_of_newer_code_is_handled_when_that_code_releases_it(world: World) -> None:
    item, *others = domain.categories
    older = replace(item, commands=tuple(one for one in item.commands if one is not RegisterItem))
    world.domain = replace(domain, categories=(older, *others))
    await world.mailbox.handle([waiting(REGISTER, "c1")])
    parked = await decided(world, Action.RELEASE)
    assert await world.mailbox.replay(parked) == parked

    world.domain = domain
    assert await world.mailbox.replay(parked) == 1

    assert world.effects() == ["c1"]


async def test_a_command_that_an_operator_skips_fails_for_good_and_says_why(world: World) -> None:
    await world.mailbox.handle([UNKNOWN])
    await world.mailbox.replay(await decided(world, Action.SKIP))
    await world.mailbox.handle([UNKNOWN])

    kept = await world.outcomes.read(str(TEAPOT), "c1")
    assert kept is not None
    assert (kept.kind, kept.detail) == ("failed", "An operator passed it over: no such thing")
    assert kept.digest == stream_of(UNKNOWN)[0].digest
    assert kept.digest != stream_of(waiting(REGISTER, "c1"))[0].digest


async def test_what_cannot_be_read_at_all_is_parked(world: World) -> None:
    nowhere = waiting(REGISTER, "c9").replace(b"item-teapot", b"item")
    batch = [b"{", nowhere, waiting(REGISTER, "c0")]
    await world.mailbox.handle(batch)
    await world.mailbox.handle(batch)

    parked = [(marker.consumer, marker.envelope) for marker in world.parking.markers()]
    assert parked == [(MAILBOX, {"body": body.decode()}) for body in (b"{", nowhere)]
    assert world.effects() == ["c0"]


class StockMelted(Event):
    """What newer code records."""


def newer() -> Domain:
    """Give the code that knows one event more."""
    item, *others = domain.categories
    evolve = item.decider.evolve
    decider = replace(
        item.decider,
        evolve=lambda state, event: state if event == StockMelted() else evolve(state, event),
    )
    known = replace(item, decider=decider, events=(*item.events, StockMelted))
    return replace(domain, categories=(known, *others))


async def test_a_command_whose_stream_holds_newer_events_waits_for_newer_code(world: World) -> None:
    await world.mailbox.handle([waiting(REGISTER, "c0")])
    await world.store.append([commit(2, record(StockMelted()))])
    cup = StreamName("item", "cup")
    receive = waiting(ReceiveStock(quantity=5), "c1")

    await world.mailbox.handle([receive, waiting(REGISTER, "c2", cup)])

    (marker,) = world.parking.markers()
    assert "no event item/StockMelted/1 is known: it waits for newer code" in marker.error
    assert await world.outcomes.read(str(TEAPOT), "c1") is None
    assert world.effects(cup) == ["c2"]
    parked = await decided(world, Action.RELEASE)
    assert await world.mailbox.replay(parked) == parked
    world.domain = newer()
    assert await world.mailbox.replay(parked) == 1
    assert world.effects() == ["c0", "command-2", "c1"]


@pytest.mark.parametrize("error", [TimeoutError("late"), ConnectionResetError("gone")])
async def test_an_error_that_nobody_named_fails_no_command(error: Exception) -> None:
    class Broken(MemoryEventStore):
        async def tail(self, *_args: object, **_more: object) -> Found:
            raise error

    world = World(store=Broken())

    with pytest.raises(ExceptionGroup) as raised:
        await world.mailbox.handle([waiting(REGISTER, "c1")])

    assert raised.group_contains(type(error))
    assert world.parking.markers() == []
    assert await world.outcomes.read(str(TEAPOT), "c1") is None
