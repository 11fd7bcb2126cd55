"""Streams of any length are read a part at a time: others have their turn, and no more is read than is needed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from consumers.stored_events import PART
from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.kernel.delivery.stream_pages import PAGE
from shared.kernel.messages.envelope import encode, envelopes
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import Found
from shared.kernel.views.generation import Generations, change, generation_name
from shared.kernel.views.view import RowKey
from tests.consumers.operating import asked, told
from tests.consumers.operating import release as released
from tests.consumers.worlds import World, held
from tests.kernel.worlds import TEAPOT, commit, received

LENGTH, EACH = 12_000, 20
AT = RowKey("stock", "teapot", str(TEAPOT))
NEW = generation_name("stock", 1)


class Paged(MemoryEventStore):
    """A store that notes the largest page that it gave, and how often it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.largest = 0, 0

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        found = await super().read(stream, after, limit=limit)
        self.reads += 1
        self.largest = max(self.largest, len(found.commits))
        return found


async def filled(length: int = LENGTH) -> World:
    """Store a stream of many events, in commits of a few."""
    store = Paged()
    commits = [commit(version, *[received(1)] * EACH) for version in range(EACH, length + 1, EACH)]
    for one in commits:
        await store.append([one])
    return World(MemoryRows(), store)


async def release(world: World) -> None:
    assert await world.projections.replay(held(str(TEAPOT), 1)) == LENGTH


async def fill(world: World) -> None:
    assert await change(world.rows, "stock", Generations(), Generations(newest=1))
    await world.projections.fill(replace(world.views[0], name=NEW), TEAPOT)


async def bring_the_last(world: World) -> None:
    """Let the last event arrive alone: the store has all that came before."""
    assert isinstance(world.store, Paged)
    last = list(envelopes(world.store.written[-1]))[-1]
    await world.project([encode(last)])


@pytest.mark.parametrize(
    ("bring_up", "view"), [(release, "stock"), (fill, NEW), (bring_the_last, "stock")]
)
async def test_a_long_stream_is_folded_in_parts_and_others_have_their_turn(
    bring_up: Callable[[World], Awaitable[None]], view: str
) -> None:
    world, turns, done = await filled(), 0, asyncio.Event()

    async def others() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await bring_up(world)
    done.set()
    await beside

    stored = await world.rows.read(replace(AT, view=view))
    assert stored is not None
    assert (stored.row.version, stored.row.data["received"]) == (LENGTH, LENGTH)
    assert isinstance(world.store, Paged)
    assert world.store.largest == PAGE
    assert turns >= LENGTH / PART


async def test_of_a_gap_no_more_is_read_than_it_holds() -> None:
    world = await filled()
    assert isinstance(world.store, Paged)

    early = list(envelopes(world.store.written[1]))[-1]
    await world.project([encode(early)])

    stored = await world.rows.read(AT)
    assert stored is not None
    assert stored.row.version == 2 * EACH
    # One read for each view that lacks it.
    assert world.store.reads == len([v for v in world.views if v.category.name == "item"])


async def test_a_release_that_runs_out_of_time_is_gone_on_with_by_the_next() -> None:
    length = 20_000
    world = await filled(length)
    await world.parking.park(replace(held(str(TEAPOT), 1), consumer="projections"))
    read = world.store.read

    async def slowly(stream: StreamName, after: int = 0, *, limit: int) -> Found:
        world.later += timedelta(seconds=6)
        return await read(stream, after, limit=limit)

    world.store.read = slowly  # type: ignore[method-assign]

    first = await released(asked(stream=str(TEAPOT)), world)
    (marker,) = world.parking.markers()
    last = await released(asked(stream=str(TEAPOT)), world)

    assert (first.status_code, told(first)["code"]) == (409, "still-poisonous")
    assert "up to version 10000" in told(first)["detail"]
    assert "release it again" in told(first)["detail"]
    assert marker.version == 10_001
    assert (last.status_code, told(last)["version"]) == (200, length)
    assert world.parking.markers() == []
    stored = await world.rows.read(AT)
    assert stored is not None
    assert stored.row.data["received"] == length
