"""A backlog before every consumer of a hub while a share of all requests fails, in the time of the simulation."""

import asyncio
import random
from collections.abc import Coroutine
from statistics import median
from typing import Any

import pytest

from consumers.place_in_hub import BATCH_SECONDS, Follower
from shared.domain import domain
from shared.domain.shop.item.commands import ReceiveStock
from shared.domain.shop.order.events import OrderCancelled, OrderedLine, OrderPlaced
from shared.kernel.commands.category import record
from shared.kernel.commands.queued_command import encode_command
from shared.kernel.delivery.partition import partition_of
from shared.kernel.errors import OnewriteError
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import NumberedMessage
from tests.figures import note
from tests.kernel.asking import NOON, asked
from tests.kernel.worlds import commit, received
from tests.simulation import virtual_time
from tests.simulation.calls import Calls
from tests.simulation.cloud import PARTITIONS, Cloud
from tests.simulation.roles import assemble
from tests.simulation.virtual_time import sleep
from tests.simulation.weather import Weather

STREAMS, BATCH = 60, 100
EVENTS = {"projections": 2_000, "reactions": 2_000, "notifications": 6_000, "mailbox": 2_000}
"""A batch of notifications is three requests: it takes more of them to tell chance from rate."""
SEEDS = 5
"""One failure at the end of a short backlog costs as much as many before: the median of some runs is compared."""
SHARES = {0.01: 0.8, 0.05: 0.5, 0.12: 0.25}
"""What share of the healthy rate is left, at least, while that share of requests fails."""


class Backlog:
    """Messages in a hub, and one host that handles them as the platform brings them."""

    def __init__(self, consumer: str, failing: float, seconds: float, seed: int) -> None:
        self.dice = random.Random(f"{consumer}/{failing}/{seed}")
        # A call fails before its effect or behind it.
        self.weather = Weather(
            self.dice, failing / 2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, tells=False
        )
        self.cloud = Cloud()
        self.consumer = consumer
        self.seconds = seconds
        self.late: list[asyncio.Task[Any]] = []

    async def handled(self) -> float:
        """Handle all of it, and tell the seconds that it took."""
        await self._fill()
        calls = Calls("host", self.weather, lambda: None)
        roles = assemble(domain, self.cloud, calls, self._pause, self._arrive)
        follower = roles.followers[self.consumer]
        follower.seconds = self.seconds
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(self._bring(follower, one) for one in range(PARTITIONS)))
        assert [one.error for one in self.cloud.parking.markers()] == []
        return asyncio.get_running_loop().time() - begun

    async def _fill(self) -> None:
        for number in range(EVENTS[self.consumer]):
            body, stream = await self._message(number)
            hub = self.cloud.hub(self.consumer)
            await hub.send(partition_of(str(stream), PARTITIONS), [body])

    async def _message(self, number: int) -> tuple[bytes, StreamName]:
        version, which = divmod(number, STREAMS)
        item, order = StreamName("item", f"SKU{which}"), StreamName("order", f"{which}")
        if self.consumer == "mailbox":
            return encode_command(asked(ReceiveStock(quantity=1), f"c{number}", item), NOON), item
        stream = item if self.consumer == "projections" else order
        one = commit(version + 1, self._event(item), stream=stream)
        await self.cloud.store.append([one])
        (body,) = encode_all(one)
        return body, stream

    def _event(self, item: StreamName) -> RecordedEvent:
        """Make what this consumer has work with."""
        lines = (OrderedLine(sku=item.id, quantity=1),)
        if self.consumer == "reactions":
            return record(OrderPlaced(customer_id="C1", lines=lines))
        if self.consumer == "notifications":
            return record(OrderCancelled(customer_id="C1", reason="asked", lines_to_release=()))
        return received(1)

    async def _bring(self, follower: Follower, partition: int) -> None:
        bodies = self.cloud.messages(self.consumer, partition)
        for begin in range(0, len(bodies), BATCH):
            some = bodies[begin : begin + BATCH]
            batch = [NumberedMessage(number, body) for number, body in enumerate(some, begin)]
            await self._for_ever(follower, batch)

    async def _for_ever(self, follower: Follower, batch: list[NumberedMessage]) -> None:
        """The retry policy of the platform: a second, then twice as long each time, up to a minute."""
        delay = 1.0
        while True:
            try:
                await follower.take(batch)
            except (OnewriteError, ExceptionGroup):
                await sleep(delay)
                delay = min(60.0, 1.0 + 2 * delay * self.dice.uniform(0.8, 1.2))
            else:
                return

    async def _pause(self, attempt: int) -> None:
        await sleep(self.dice.uniform(0, min(0.5, 0.01 * 2**attempt)))

    def _arrive(self, write: Coroutine[Any, Any, Any]) -> None:
        """Let a write arrive late, whoever still waits for it."""
        self.late.append(asyncio.create_task(write))


def seconds(consumer: str, failing: float, patience: float = BATCH_SECONDS) -> float:
    """Tell how long a consumer takes for its backlog: the median of some runs."""
    return median(
        virtual_time.run(Backlog(consumer, failing, patience, seed).handled())
        for seed in range(SEEDS)
    )


@pytest.mark.parametrize("consumer", EVENTS)
def test_a_backlog_is_handled_at_a_fair_rate_while_requests_fail(
    consumer: str, pytestconfig: pytest.Config
) -> None:
    healthy = seconds(consumer, 0.0)
    rates = {share: healthy / seconds(consumer, share) for share in SHARES}
    without = healthy / seconds(consumer, 0.05, patience=0.0)

    told = ", ".join(f"{rate:.0%} at {share:.0%}" for share, rate in rates.items())
    note(
        pytestconfig,
        f"{consumer} with failing requests: {told} of the healthy rate"
        f" ({without:.0%} at 5% if only the platform tries again)",
    )
    assert {share: rate for share, rate in rates.items() if rate < SHARES[share]} == {}
