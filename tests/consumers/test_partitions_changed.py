"""A hub that has got another number of partitions: nothing is skipped, and operators are told."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consumers.delivery import Arrival
from consumers.place_in_hub import Follower
from shared.adapters.memory import MemoryLog, MemoryParking, MemoryProgress
from shared.kernel.delivery.lag import place_in
from shared.kernel.delivery.partition import partition_of
from shared.kernel.delivery.retry import Attempts
from shared.kernel.errors import ConfigurationError, LogUnavailable
from shared.kernel.ports import LogReader, NumberedMessage
from tests.kernel.asking import no_pause

BEFORE, NOW = 2, 5
STREAMS = [f"thing-{number}" for number in range(12)]


def _read(body: bytes) -> Arrival[Any]:
    stream = body.decode().partition(" ")[0]
    return Arrival(stream, stream, 1, body)


class Hub:
    """A hub that grows, what its platform brings of it, and a consumer."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.log = MemoryLog(partitions=BEFORE)
        self.progress, self.parking = MemoryProgress(), MemoryParking()
        self.handled: set[bytes] = set()
        self.brought = [0] * NOW
        self.sent = 0

    def host(self) -> Follower:
        """Start a host with the settings of the day."""

        async def handle(bodies: Sequence[bytes], _attempts: Attempts) -> None:
            self.handled |= set(bodies)

        async def hub() -> LogReader:
            return self.log

        return Follower(
            *("projections", handle, self.progress, hub, self.parking, self.log.partitions),
            *(lambda: datetime.now(UTC), no_pause),
            read=_read,
        )

    async def send(self, many: int) -> None:
        """Let messages come, each to the partition of its stream."""
        for _ in range(many):
            self.sent += 1
            stream = self.dice.choice(STREAMS)
            partition = partition_of(stream, self.log.partitions)
            await self.log.send(partition, [f"{stream} {self.sent}".encode()])

    def grow(self) -> None:
        """Get more partitions, as a hub of the tier Premium may."""
        more = NOW - BEFORE
        self.log.messages += [[] for _ in range(more)]
        self.log.times += [[] for _ in range(more)]
        self.log.begins += [0] * more

    async def bring(self, host: Follower) -> None:
        """Bring a batch of any partition, or pass it over."""
        partition = self.dice.randrange(self.log.partitions)
        begin, waiting = self.brought[partition], self.log.messages[partition]
        end = min(len(waiting), begin + self.dice.randint(1, 4))
        if begin == end:
            return
        batch = [NumberedMessage(n, waiting[n]) for n in range(begin, end)]
        if self.dice.random() < 0.8:
            with suppress(LogUnavailable):
                await host.take(batch)
                self.brought[partition] = end
            return
        self.brought[partition] = end

    async def places(self) -> list[int]:
        """Give the places of all partitions."""
        names = [f"projections:{partition}" for partition in range(self.log.partitions)]
        return [place_in(await self.progress.read(name) or "-1")[0] for name in names]


@pytest.mark.parametrize("seed", range(40))
async def test_nothing_is_skipped_when_a_hub_gets_more_partitions(seed: int) -> None:
    hub = Hub(random.Random(seed))
    host = hub.host()
    for _ in range(20):
        await hub.send(2)
        await hub.bring(host)
    hub.grow()
    host = hub.host()
    for _ in range(60):
        await hub.send(1)
        await hub.bring(hub.host() if hub.dice.random() < 0.1 else host)

    last = hub.host()
    for _ in range(2):
        await last.catch_up(timedelta())

    every = {body for messages in hub.log.messages for body in messages}
    assert every - hub.handled == set()
    assert await hub.places() == [len(messages) - 1 for messages in hub.log.messages]


@pytest.mark.parametrize("seed", [1, 2, 16, 38, 44, 51])
async def test_a_host_that_runs_on_with_the_settings_of_before_takes_no_place_along(
    seed: int,
) -> None:
    hub = Hub(random.Random(seed))
    old = hub.host()
    for _ in range(20):
        await hub.send(2)
        await hub.bring(old)
    hub.grow()
    host = hub.host()
    for _ in range(60):
        await hub.send(1)
        with suppress(ConfigurationError):
            await hub.bring(old if hub.dice.random() < 0.3 else host)

    last = hub.host()
    for _ in range(2):
        await last.catch_up(timedelta())

    every = {body for messages in hub.log.messages for body in messages}
    assert every - hub.handled == set()


async def test_operators_are_told_until_they_know() -> None:
    hub = Hub(random.Random(0))
    await hub.send(9)
    await hub.host().catch_up(timedelta())
    hub.grow()
    await hub.host().catch_up(timedelta())

    (marker,) = await hub.parking.parked("projections")
    assert marker.stream == "partitions~2-5"
    assert marker.error.startswith("the hub has 5 partitions and had 2: the consumer reads all of")


async def test_as_soon_as_nothing_of_before_is_held_the_hub_is_asked_no_more() -> None:
    hub = Hub(random.Random(1))
    await hub.send(9)
    await hub.host().catch_up(timedelta())
    hub.grow()
    host = hub.host()
    await host.catch_up(timedelta())
    assert (await hub.progress.read("projections:partitions") or "").startswith("5 ")

    for partition in range(BEFORE):
        hub.log.expire(partition, len(hub.log.messages[partition]))
    await host.catch_up(timedelta())

    assert await hub.progress.read("projections:partitions") == "5"


async def test_a_hub_as_it_was_keeps_its_places() -> None:
    hub = Hub(random.Random(2))
    await hub.send(9)
    await hub.host().catch_up(timedelta())
    hub.handled.clear()

    await hub.host().catch_up(timedelta())

    assert hub.handled == set()
    assert await hub.parking.parked("projections") == []


async def test_a_batch_that_a_grown_hub_holds_nowhere_any_more_is_handled_and_moves_no_place() -> (
    None
):
    hub = Hub(random.Random(3))
    await hub.send(9)
    await hub.host().catch_up(timedelta())
    hub.grow()
    host = hub.host()
    await host.catch_up(timedelta())
    places = await hub.places()

    await host.take([NumberedMessage(99, b"thing-1 gone")])

    assert b"thing-1 gone" in hub.handled
    assert await hub.places() == places
