"""The durable mailbox: in order per stream, one effect and one outcome for each command."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from consumers.mailbox import CONSUMER, DurableMailbox
from shared.adapters.memory import MemoryEventStore, MemoryOutcomes, MemoryParking
from shared.domain import domain
from shared.domain.item.commands import ReceiveStock, RegisterItem, ReserveStock
from shared.kernel.dispatching import dispatcher
from shared.kernel.domain import Domain
from shared.kernel.errors import Poison, StoreUnavailable
from shared.kernel.message import Command
from shared.kernel.parking import Decision
from shared.kernel.ports import Appended, Collided
from shared.kernel.request import CommandRequest
from shared.kernel.stream import StreamName
from shared.kernel.waiting_command import encode_command, request_of, stream_of
from tests.consumers.worlds import now
from tests.kernel.asking import NOON, no_pause
from tests.kernel.worlds import TEAPOT, request

REGISTER = RegisterItem(name="Teapot", reorder_point=0)
KETTLE = StreamName("item", "kettle")


def waiting(command: Command, id_: str, stream: StreamName = TEAPOT) -> bytes:
    return encode_command(request(command, id_, stream))


@dataclass
class World:
    """A mailbox on memory twins."""

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    outcomes: MemoryOutcomes = field(default_factory=MemoryOutcomes)
    parking: MemoryParking = field(default_factory=MemoryParking)
    domain: Domain = domain

    @property
    def mailbox(self) -> DurableMailbox:
        """A mailbox as a host has it that has just been started."""
        dispatching = dispatcher(domain, self.store, no_pause)
        return DurableMailbox(self.domain, dispatching, self.outcomes, self.parking, now, no_pause)

    def effects(self, stream: StreamName = TEAPOT) -> list[str]:
        """Name the commands that took effect, in order."""
        return [c.command_id for c in self.store.written if c.stream == str(stream)]


@pytest.fixture
def world() -> World:
    return World()


def test_a_command_comes_out_of_a_message_as_it_went_in() -> None:
    sent = replace(request(ReceiveStock(quantity=3), "c1"), expected=4)

    read, stream = stream_of(encode_command(sent))

    assert stream == TEAPOT
    assert request_of(read, domain) == sent


async def test_commands_are_handled_in_the_order_in_which_they_wait(world: World) -> None:
    batch = [waiting(REGISTER, "c0")]
    batch += [waiting(ReceiveStock(quantity=1), f"c{n}") for n in range(1, 10)]
    batch.insert(3, waiting(REGISTER, "k0", KETTLE))

    await world.mailbox.handle(batch)

    assert world.effects() == [f"c{n}" for n in range(10)]
    assert world.effects(KETTLE) == ["k0"]


async def test_a_refusal_is_final(world: World) -> None:
    reserve = waiting(ReserveStock(reservation_id="r1", quantity=1), "c1")
    await world.mailbox.handle([waiting(REGISTER, "c0"), reserve])
    kept = await world.outcomes.read(str(TEAPOT), "c1")
    await world.mailbox.handle([waiting(ReceiveStock(quantity=5), "c2"), reserve])

    assert kept is not None
    assert (kept.kind, kept.code, kept.version) == ("refused", "not-enough-stock", 1)
    assert world.effects() == ["c0", "c2"]


async def test_what_changes_nothing_and_what_is_outdated_have_an_outcome_too(world: World) -> None:
    await world.mailbox.handle([waiting(REGISTER, "c0")])
    old = replace(request(ReceiveStock(quantity=1), "c1"), expected=0)
    await world.mailbox.handle([encode_command(old)])
    await world.mailbox.handle([waiting(ReceiveStock(quantity=5), "c2")])
    hold = ReserveStock(reservation_id="r1", quantity=1)
    await world.mailbox.handle([waiting(hold, "c3"), waiting(hold, "c4")])

    outdated = await world.outcomes.read(str(TEAPOT), "c1")
    unchanged = await world.outcomes.read(str(TEAPOT), "c4")
    assert outdated is not None
    assert unchanged is not None
    assert (outdated.kind, outdated.code) == ("outdated", "precondition-failed")
    assert (unchanged.kind, unchanged.version) == ("unchanged", 3)


class Dying(MemoryEventStore):
    """A store behind which the host dies, once."""

    died = False

    async def append(self, commits: Any) -> Appended | Collided:
        written = await super().append(commits)
        if not self.died and commits[0].command_id == "c1":
            self.died = True
            raise asyncio.CancelledError
        return written


async def test_a_handler_that_dies_behind_the_write_has_one_effect() -> None:
    world = World(store=Dying())
    batch = [waiting(REGISTER, "c0"), waiting(ReceiveStock(quantity=5), "c1")]
    with pytest.raises(BaseExceptionGroup) as raised:
        await world.mailbox.handle(batch)
    assert raised.group_contains(asyncio.CancelledError)

    await world.mailbox.handle(batch)

    assert world.effects() == ["c0", "c1"]
    assert await world.outcomes.read(str(TEAPOT), "c1") is None


class Forgetful(MemoryOutcomes):
    """Outcomes that cannot be written for a while."""

    failures = 0

    async def write(self, outcome: Any) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise StoreUnavailable("no answer")
        await super().write(outcome)


async def test_a_fault_that_passes_is_waited_for_and_one_that_lasts_brings_the_batch_again() -> (
    None
):
    outcomes = Forgetful()
    world = World(outcomes=outcomes)
    batch = [waiting(ReceiveStock(quantity=5), "c1")]
    outcomes.failures = 4
    await world.mailbox.handle(batch)
    assert await outcomes.read(str(TEAPOT), "c1") is not None

    outcomes.failures = 5
    lasting = [waiting(ReceiveStock(quantity=5), "c2")]
    with pytest.raises(BaseExceptionGroup) as raised:
        await world.mailbox.handle(lasting)

    assert raised.group_contains(StoreUnavailable)


UNKNOWN = waiting(REGISTER, "c1").replace(b"RegisterItem", b"MeltItem")


async def test_a_command_of_newer_code_is_parked_alone_and_has_no_outcome_yet(world: World) -> None:
    wrong = waiting(ReceiveStock(quantity=5), "c2").replace(b'"quantity":5', b'"quantity":-5')
    batch = [UNKNOWN, waiting(REGISTER, "c0"), wrong]

    await world.mailbox.handle(batch)
    await world.mailbox.handle(batch)

    first, second = world.parking.markers()
    assert "no command MeltItem" in first.error
    assert "greater than or equal to 1" in second.error
    assert first.envelope is not None
    assert (first.envelope["stream"], first.envelope["commandId"]) == (str(TEAPOT), "c1")
    assert await world.outcomes.read(str(TEAPOT), "c1") is None
    assert world.effects() == ["c0"]


async def decided(world: World, action: str) -> StreamName:
    """Let an operator decide on the command that is parked."""
    (marker,) = world.parking.markers()
    decision = Decision(
        CONSUMER, marker.stream, marker.version, action, "no such thing", "ann", NOON
    )
    await world.parking.decide(decision)
    return StreamName.parse(marker.stream)


async def test_a_command_of_newer_code_is_handled_when_that_code_releases_it(world: World) -> None:
    item, *others = domain.categories
    older = replace(item, commands=tuple(one for one in item.commands if one is not RegisterItem))
    world.domain = replace(domain, categories=(older, *others))
    await world.mailbox.handle([waiting(REGISTER, "c1")])
    parked = await decided(world, "release")
    with pytest.raises(Poison):
        await world.mailbox.replay(parked, 1)

    world.domain = domain
    await world.mailbox.replay(parked, 1)

    assert world.effects() == ["c1"]


async def test_a_command_that_an_operator_skips_fails_for_good_and_says_why(world: World) -> None:
    await world.mailbox.handle([UNKNOWN])
    await world.mailbox.replay(await decided(world, "skip"), 1)
    await world.mailbox.handle([UNKNOWN])

    kept = await world.outcomes.read(str(TEAPOT), "c1")
    assert kept is not None
    assert (kept.kind, kept.detail) == ("failed", "An operator passed it over: no such thing")


async def test_what_another_operator_has_released_meanwhile_is_left_alone(world: World) -> None:
    assert await world.mailbox.replay(StreamName("waiting", "gone"), 1) == 1


async def test_a_bug_of_a_decider_fails_the_command_that_meets_it(world: World) -> None:
    async def bug(_request: CommandRequest) -> Any:
        raise ZeroDivisionError("secret")

    mailbox = world.mailbox
    mailbox.dispatcher._handlers[RegisterItem] = bug
    await mailbox.handle([waiting(REGISTER, "c1")])

    kept = await world.outcomes.read(str(TEAPOT), "c1")
    assert kept is not None
    assert (kept.code, kept.detail) == ("internal", "ZeroDivisionError")


async def test_an_id_that_stands_for_another_command_keeps_its_outcome(world: World) -> None:
    await world.mailbox.handle([waiting(REGISTER, "c0"), waiting(ReceiveStock(quantity=5), "c0")])

    assert world.effects() == ["c0"]
    assert await world.outcomes.read(str(TEAPOT), "c0") is None


async def test_what_cannot_be_read_at_all_is_parked(world: World) -> None:
    nowhere = waiting(REGISTER, "c9").replace(b"item-teapot", b"item")
    batch = [b"{", nowhere, waiting(REGISTER, "c0")]
    await world.mailbox.handle(batch)
    await world.mailbox.handle(batch)

    parked = [(marker.consumer, marker.envelope) for marker in world.parking.markers()]
    assert parked == [(CONSUMER, {"body": body.decode()}) for body in (b"{", nowhere)]
    assert world.effects() == ["c0"]


async def test_a_store_that_does_not_answer_for_long_brings_the_batch_again() -> None:
    class Silent(MemoryEventStore):
        async def tail(self, *_args: Any, **_more: Any) -> Any:
            raise StoreUnavailable("no answer")

    world = World(store=Silent())

    with pytest.raises(BaseExceptionGroup) as raised:
        await world.mailbox.handle([waiting(ReceiveStock(quantity=5), "c1")])

    assert raised.group_contains(StoreUnavailable)
    assert await world.outcomes.read(str(TEAPOT), "c1") is None
    assert world.parking.markers() == []
