"""Three poisonous events among ten thousand: three streams are parked, ninety-seven do not notice."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from consumers.projections import Projections
from emulators.tests.serving import Services
from shared.adapters.cosmos.rows import CosmosRows
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.memory import MemoryEventStore, MemoryLog, MemoryParking
from shared.domain.shop import domain
from shared.domain.shop.views.stock import StockLevel, stock
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Log
from shared.kernel.views.view import View
from tests.adapters.emulators import fresh_container
from tests.consumers.operating import asked
from tests.consumers.worlds import now
from tests.figures import note
from tests.kernel.worlds import commit, received
from tests.turns import took

pytestmark = pytest.mark.alone

STREAMS = [StreamName("item", f"SKU{number:03}") for number in range(100)]
LENGTH, POISON, BATCH = 100, 777, 500
POISONED = {"item-SKU010": 37, "item-SKU050": 1, "item-SKU099": 99}


def evolve(level: StockLevel, event: Event) -> StockLevel:
    """A view with a bug: one quantity is more than it can take."""
    if getattr(event, "quantity", 0) == POISON:
        raise OverflowError("a bug in a view")
    return stock.evolve(level, event)


async def no_log() -> Log:
    return MemoryLog(4)


class World:
    """A history, and projections of it on rows in Cosmos DB."""

    def __init__(self, rows: CosmosRows, poisoned: dict[str, int]) -> None:
        self.store = MemoryEventStore()
        self.parking = MemoryParking()
        self.rows = rows
        self.poisoned = poisoned

    async def write(self) -> list[list[bytes]]:
        """Write a hundred events to each stream, and give them in batches as a partition would."""
        bodies: list[bytes] = []
        for version in range(1, LENGTH + 1):
            for stream in random.Random(version).sample(STREAMS, len(STREAMS)):
                bad = self.poisoned.get(str(stream)) == version
                one = commit(version, received(POISON if bad else 1), stream=stream)
                await self.store.append([one])
                bodies += [encode(envelope) for envelope in envelopes(one)]
        return [bodies[start : start + BATCH] for start in range(0, len(bodies), BATCH)]

    def projections(self, views: Sequence[View[StockLevel]]) -> Projections:
        return Projections(views, self.rows, self.store, self.parking, no_log, now)

    async def versions(self) -> dict[str, int]:
        found = [await self.rows.of_key("stock", stream.id) for stream in STREAMS]
        return {
            str(s): rows[0].version if rows else 0 for s, rows in zip(STREAMS, found, strict=True)
        }


@asynccontextmanager
async def projecting(
    services: Services, poisoned: dict[str, int]
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Gives what projects the next batch of a history; all is checked in the end."""
    async with fresh_container(services, like="views") as container:
        world = World(CosmosRows(container), poisoned)
        batches = iter(await world.write())
        projections = world.projections([replace(stock, evolve=evolve)])

        async def project_next() -> None:
            await projections.project(next(batches))

        yield project_next
        assert next(batches, None) is None
        await check(world)


async def check(world: World) -> None:
    """The others are complete; the poisoned are parked; one release each brings them to the right state."""
    expected = {str(s): world.poisoned.get(str(s), LENGTH + 1) - 1 for s in STREAMS}
    expected = {s: min(version, LENGTH) for s, version in expected.items()}
    assert await world.versions() == expected
    parked = {m.stream: (m.version, m.last_seen) for m in await world.parking.parked("projections")}
    assert parked == {stream: (version, LENGTH) for stream, version in world.poisoned.items()}
    mended = world.projections(domain.views)
    operations = Operations("projections", world.parking, mended.replay, now)
    for stream in world.poisoned:
        assert (await operations.release(asked(stream=stream))).status_code == 200
    assert await world.versions() == dict.fromkeys(map(str, STREAMS), LENGTH)
    assert await world.parking.parked("projections") == []
    for stream, version in world.poisoned.items():
        (row,) = await world.rows.of_key("stock", stream.removeprefix("item-"))
        assert row.data["received"] == LENGTH - 1 + POISON, version


async def test_the_others_are_complete_in_the_same_time_and_one_release_mends(
    services: Services, pytestconfig: pytest.Config
) -> None:
    async with projecting(services, {}) as well, projecting(services, POISONED) as ill:
        # Batch by batch, in the time of this process: whatever else the machine does is no poison.
        batches = LENGTH * len(STREAMS) // BATCH
        seconds = [(await took(well), await took(ill)) for _ in range(batches)]

    healthy, poisoned = map(sum, zip(*seconds, strict=True))
    note(
        pytestconfig,
        f"poison: 10,000 events in 100 streams in {healthy:.1f} s of the processor, with three poisoned"
        f" streams in {poisoned:.1f} s",
    )
    assert poisoned <= 2 * healthy
