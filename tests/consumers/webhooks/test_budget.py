"""However long everything behind a webhook takes, its sender is answered in time; the clock is the test's."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from consumers.webhooks.inbound_commands import Webhooks
from shared.adapters.memory import MemoryEventStore, MemoryParking, MemoryReceipts
from shared.kernel.delivery.parking import Parked
from shared.kernel.ports import Appended, Collided
from tests.consumers.webhooks.tenant import APPLICATION
from tests.consumers.webhooks.worlds import DISPATCHED, SUPPLIER, World, cloud, delivery
from tests.simulation import virtual_time

WAITS = 20.0
"""Seconds in which a sender is answered; Event Grid waits for 30."""
LONG = 80.0


@dataclass
class Slow:
    """How long each step takes, until things are well again."""

    steps: dict[str, float] = field(default_factory=dict)

    async def down(self, step: str) -> None:
        await virtual_time.sleep(self.steps.get(step, 0.0))


@dataclass
class Store(MemoryEventStore):
    """A store whose answers may take long, before or behind what they answer."""

    slow: Slow

    def __post_init__(self) -> None:
        super().__init__()

    async def append(self, commits: Any) -> Appended | Collided:
        await self.slow.down("before a write")
        written = await super().append(commits)
        await self.slow.down("behind a write")
        return written


@dataclass
class Receipts(MemoryReceipts):
    slow: Slow

    def __post_init__(self) -> None:
        super().__init__()

    async def first(self, key: str, digest: str) -> str:
        found = await super().first(key, digest)
        await self.slow.down("behind a receipt")
        return found


@dataclass
class Parking(MemoryParking):
    slow: Slow

    def __post_init__(self) -> None:
        super().__init__()

    async def park(self, marker: Parked) -> None:
        await self.slow.down("before it is parked")
        await super().park(marker)


@dataclass
class SlowWorld(World):
    slow: Slow = field(default_factory=Slow)

    async def open(self) -> Webhooks:
        await self.slow.down("opening the store")
        return await super().open()


def slow_world(**steps: float) -> SlowWorld:
    slow = Slow(steps)

    async def verify(_: str) -> str | None:
        await slow.down("reading keys")
        return APPLICATION

    return SlowWorld(
        verify=verify, store=Store(slow), parking=Parking(slow), receipts=Receipts(slow), slow=slow
    )


def timed[T](work: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    """Do something by a clock of its own, and tell how long it took."""

    async def run() -> tuple[T, float]:
        begun = asyncio.get_running_loop().time()
        done = await work()
        return done, asyncio.get_running_loop().time() - begun

    return virtual_time.run(run())


BAD = cloud("bad", SUPPLIER, {"sku": "teapot", "quantity": "many"})
STEPS = [
    "reading keys",
    "opening the store",
    "behind a receipt",
    "before a write",
    "behind a write",
    "before it is parked",
]


@pytest.mark.parametrize("seconds", [LONG, 6.0])
@pytest.mark.parametrize("step", STEPS)
def test_a_sender_is_answered_in_time_and_what_was_cut_off_is_settled_later(
    step: str, seconds: float
) -> None:
    world = slow_world(**{step: seconds})
    asked = delivery([BAD, *(cloud(f"p{n}") for n in range(9))], None, authorization="Bearer x")

    answer, took = timed(lambda: world.receiver.receive(asked))

    assert took <= WAITS
    if seconds == LONG:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert json.loads(answer.get_body())["code"] == "outcome-unknown"
    world.slow.steps.clear()
    for _ in range(2):
        again, _ = timed(lambda: world.receiver.receive(asked))
        assert again.status_code == 200
    assert world.effects() == [DISPATCHED]
    (error,) = [marker.error for marker in world.parking.markers()]
    assert SUPPLIER in error
