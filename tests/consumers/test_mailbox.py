"""The durable mailbox: in order per stream, one effect and one outcome for each command."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryOutcomes
from shared.domain.shop.item.commands import ReceiveStock, ReserveStock
from shared.kernel.commands.expected_version import Expected
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.commands.request import CommandRequest
from shared.kernel.errors import (
    StoreUnavailable,
)
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided
from tests.consumers.mailboxes import REGISTER, World, waiting
from tests.consumers.worlds import now
from tests.kernel.asking import NOON
from tests.kernel.worlds import TEAPOT, request

KETTLE = StreamName("item", "kettle")


@pytest.fixture
def world() -> World:
    return World()


async def test_a_commit_is_dated_when_it_was_decided_and_says_when_it_was_accepted() -> None:
    hours = iter(range(13, 15))
    world = World(now=lambda: now().replace(hour=next(hours)))

    await world.mailbox.handle([waiting(REGISTER, "c0")])
    await world.mailbox.handle([waiting(ReceiveStock(quantity=1), "c1")])

    assert [(one.time, one.metadata.accepted) for one in world.store.written] == [
        (NOON.replace("T12", "T13"), NOON),
        (NOON.replace("T12", "T14"), NOON),
    ]


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
    old = replace(request(ReceiveStock(quantity=1), "c1"), expected=Expected.at(0))
    await world.mailbox.handle([encode_command(old, NOON)])
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


async def test_an_id_that_stands_for_another_command_keeps_its_outcome(world: World) -> None:
    other = waiting(ReceiveStock(quantity=5), "c0")
    await world.mailbox.handle([waiting(REGISTER, "c0"), other])
    await world.mailbox.handle([other])

    assert world.types() == ["ItemRegistered"]
    assert await world.outcomes.read(str(TEAPOT), "c0") is None


async def test_an_outcome_is_kept_with_the_digest_of_its_command(world: World) -> None:
    refused, failing = ReserveStock(reservation_id="r1", quantity=1), ReceiveStock(quantity=1)

    async def bug(_request: CommandRequest) -> Any:
        raise ZeroDivisionError

    mailbox = world.mailbox
    mailbox.dispatcher._handlers[ReceiveStock] = bug
    expected = replace(request(refused, "c3"), expected=Expected.at(9))
    await mailbox.handle([waiting(REGISTER, "c0"), waiting(refused, "c1"), waiting(failing, "c2")])
    await mailbox.handle([encode_command(expected, NOON), waiting(REGISTER, "c4")])

    digests = {id_: await world.outcomes.read(str(TEAPOT), id_) for id_ in ("c1", "c2", "c3", "c4")}
    assert {id_: kept.digest for id_, kept in digests.items() if kept} == {
        "c1": request(refused, "c1").digest,
        "c2": request(failing, "c2").digest,
        "c3": expected.digest,
        "c4": request(REGISTER, "c4").digest,
    }


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
