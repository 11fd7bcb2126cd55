"""Reactions that fail: what may pass is waited for, the rest is parked with its stream, and mended."""

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore
from shared.adapters.names import REACTIONS
from shared.domain.shop import domain
from shared.domain.shop.order.commands import CancelOrder, RecordDispatch
from shared.kernel.delivery.parking import Action, Decision
from shared.kernel.errors import StoreThrottled
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Appended, Collided
from shared.kernel.reactions.receptor import Reaction
from tests.consumers.process import Process
from tests.consumers.worlds import held
from tests.kernel.asking import NOON


class Shaky(MemoryEventStore):
    """A store that has to be asked again, so many times a stream."""

    def __init__(self, stream: str, times: int) -> None:
        super().__init__()
        self.stream, self.times = stream, times

    async def append(self, commits: Any) -> Appended | Collided:
        if commits[0].stream == self.stream and self.times > 0:
            self.times -= 1
            raise StoreThrottled("throttled")
        return await super().append(commits)


async def test_a_fault_that_passes_is_waited_for() -> None:
    process = Process(store=Shaky("item-TEA", 0))
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    assert isinstance(process.store, Shaky)
    process.store.times = 4

    await process.settle()

    assert (await process.order("7")).status == "confirmed"


async def test_a_fault_that_lasts_never_parks_and_the_others_are_served() -> None:
    process = Process(store=Shaky("item-TEA", 0))
    await process.stock("TEA", 5)
    await process.stock("CUP", 5)
    await process.place("7", TEA=2, CUP=1)
    await process.place("8", CUP=1)
    assert isinstance(process.store, Shaky)
    process.store.times = 5
    batch = process.arrived()

    with pytest.raises(BaseExceptionGroup) as raised:
        await process.reactions.react(batch)

    assert raised.group_contains(StoreThrottled)
    assert process.parking.markers() == []
    assert (await process.item("CUP")).reserved == {"7/CUP": 1, "8/CUP": 1}
    await process.reactions.react(batch)
    await process.settle()
    assert (await process.order("7")).status == "confirmed"


def failing_for(order: str) -> Process:
    """A deployment whose first receptor has a bug that one order meets."""
    reserve = domain.receptors[0]

    def react(stream: StreamName, event: Any) -> Any:
        if stream.id == order:
            raise ZeroDivisionError("a bug")
        return reserve.react(stream, event)

    return Process(
        replace(domain, receptors=(replace(reserve, react=react), *domain.receptors[1:]))
    )


async def test_a_bug_parks_the_stream_and_no_other() -> None:
    process = failing_for("7")
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.place("8", TEA=2)
    await process.settle()
    await process.tell("order-7", CancelOrder())
    await process.settle()

    (marker,) = process.parking.markers()
    assert (marker.consumer, marker.stream) == (REACTIONS, "order-7")
    assert (marker.version, marker.last_seen) == (1, 2)
    assert "ZeroDivisionError" in marker.error
    assert (await process.order("8")).status == "confirmed"


async def test_a_mended_stream_is_replayed_to_its_tail() -> None:
    process = failing_for("7")
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.settle()
    mended = Process(store=process.store, parking=process.parking, position=process.position)

    assert await mended.reactions.replay(held("order-7", 1)) == 1
    await mended.settle()

    assert (await mended.order("7")).status == "confirmed"


async def test_what_was_skipped_is_passed_over_when_it_comes_again() -> None:
    process = failing_for("7")
    await process.stock("TEA", 5)
    await process.place("7", TEA=2)
    await process.parking.decide(
        Decision(REACTIONS, "order-7", 1, Action.SKIP, reason="a bug", by="ann", time=NOON)
    )
    await process.tell("order-7", CancelOrder())
    await process.settle()

    assert process.parking.markers() == []
    assert process.types("item-TEA")[-1] == "ReservationWithdrawn"
    assert await process.reactions.replay(held("order-7", 1)) == 2


async def test_a_refused_reaction_parks_with_the_reason() -> None:
    reserve = domain.receptors[0]

    def react(stream: StreamName, event: Any) -> Any:
        # A command of customers is no process command: it may be refused.
        return [Reaction(stream, CancelOrder(), key="cancel")] * (event.lines[0].sku == "TEA")

    wrong = replace(reserve, target=domain.category("order"), command=CancelOrder, react=react)
    process = Process(replace(domain, receptors=(wrong,)))
    await process.place("7", CUP=1)
    await process.tell("order-7", CancelOrder())
    await process.place("8", TEA=1)
    await process.tell("order-8", RecordDispatch(customer_id="C1"))
    await process.settle()

    (marker,) = process.parking.markers()
    assert marker.stream == "order-8"
    assert "CancelOrder to order-8 was refused: The goods have left the house." in marker.error


async def test_what_cannot_be_read_is_parked_apart() -> None:
    process = Process()
    await process.place("7", CUP=1)
    (placed,) = envelopes(process.store.written[0])
    unknown = placed.model_copy(update={"type": "OrderMelted"})

    await process.reactions.react([b"{one", encode(unknown), b"{two"])

    order, *others = sorted(process.parking.markers(), key=lambda marker: marker.stream)
    assert order.stream == "order-7"
    assert all(marker.stream.startswith("unreadable~") for marker in others)
    bodies = [marker.envelope["body"] for marker in others if marker.envelope]
    assert sorted(bodies) == ["{one", "{two"]


async def test_several_reactions_that_fail_are_all_told() -> None:
    def react(_stream: StreamName, _event: Any) -> Any:
        raise ZeroDivisionError("a bug")

    reserve = domain.receptors[0]
    both = [replace(reserve, name=name, react=react) for name in ("one", "two")]
    process = Process(replace(domain, receptors=tuple(both)))

    await process.place("7", TEA=2)
    await process.settle()

    (marker,) = process.parking.markers()
    failed = "ZeroDivisionError: tests/consumers/test_failing_reactions.py, line "
    assert marker.error.startswith(f"order-7@1: {failed}")
    assert marker.error.count(failed) == 2
