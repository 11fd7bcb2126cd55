"""The sweep mends what a publisher dropped, without an operator, and leaves alone what is right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryFeed
from shared.domain.shop import domain
from shared.kernel.domain import Domain
from shared.kernel.messages.commit import RecordedEvent, timestamp
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage
from single_publisher.sweep import Swept
from tests.consumers.worlds import now
from tests.kernel.worlds import commit, received
from tests.single_publisher.sweeping import LONG, STREAMS, World, delivered


async def test_what_arrived_is_proven_and_nothing_is_sent() -> None:
    world = await delivered({})
    before = list(map(len, world.log.messages))

    swept = await world.sweep()

    assert swept == Swept(proven=48, mended=[])
    assert list(map(len, world.log.messages)) == before


async def test_a_batch_and_a_last_event_that_were_dropped_are_mended() -> None:
    world = await delivered({"SKU1": 7, "SKU2": 3, "SKU3": 0})

    swept = await world.sweep()
    await world.deliver()

    assert set(swept.mended) == {"item-SKU1", "item-SKU2", "item-SKU3"}
    assert await world.seen() == [8] * 6
    assert (await world.sweep()).mended == []


async def test_only_what_is_missing_is_sent() -> None:
    world = await delivered({"SKU1": 7})
    before = sum(map(len, world.log.messages))

    await world.sweep()

    sent = [decode(body).id for partition in world.log.messages for body in partition]
    assert len(sent) == before + 1
    assert "item-SKU1@8" in sent


async def test_what_is_young_is_left_to_the_publisher() -> None:
    world = await delivered({"SKU1": 0})

    swept = await world.sweep(later=timedelta(minutes=1))

    assert swept == Swept(proven=0, mended=[])


async def test_the_next_sweep_goes_on_where_the_last_one_ended() -> None:
    world = await delivered({})
    await world.sweep()

    await world.store.append([commit(9, received(1), stream=STREAMS[0])])
    swept = await world.sweep()

    assert swept == Swept(proven=1, mended=["item-SKU0"])


async def test_a_page_is_proven_whatever_stands_on_it_in_whatever_order() -> None:
    class Shuffled(MemoryFeed):
        """Brings what no commit is made of, and old commits behind new ones."""

        async def read(
            self, range_: str, position: str | None, limit: int | None = None
        ) -> FeedPage:
            page = await super().read(range_, position, limit)
            strange = {"id": "1", "metadata": {"time": ""}}
            if not page.items:
                return page
            return replace(page, items=[*reversed(page.items), strange], ages=[*page.ages, LONG])

    world = await delivered({"SKU1": 7})
    world.feed = Shuffled

    assert (await world.sweep()).mended == ["item-SKU1"]
    # The trigger may never have brought what is none, and nothing behind it would tell.
    (marker,) = world.parking.markers()
    assert (marker.consumer, marker.stream.split("~")[0]) == ("single_publisher", "unreadable")


@pytest.mark.parametrize("skew", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=366)])
async def test_neither_the_clock_of_a_writer_nor_that_of_its_own_host_stops_it(
    skew: timedelta,
) -> None:
    world = World()
    for number in range(12):
        one = commit(1, received(1), stream=StreamName("item", f"AHEAD{number}"))
        time = timestamp(now() + skew)
        await world.store.append([replace(one, time=time)])
    world.skew = -skew

    await world.write()
    swept = await world.sweep()

    assert swept.proven == 60
    assert set(map(str, STREAMS)) < set(swept.mended)


async def test_what_is_old_does_not_wait_for_what_is_young_on_its_page() -> None:
    world = await delivered({"SKU1": 7})
    await world.sweep(later=timedelta(minutes=1))
    await world.store.append([commit(9, received(1), stream=STREAMS[0])])

    swept = await world.sweep(later=timedelta(minutes=1))

    assert swept == Swept(proven=48, mended=["item-SKU1"])
    assert (await world.sweep()).proven == 1


async def test_a_category_without_a_view_has_its_streams_for_a_witness() -> None:
    world = World()
    world.views = Domain(domain.categories, ()).kept_views
    await delivered({"SKU1": 7, "SKU2": 0}, world)
    unknown = RecordedEvent("StockMelted", 1, {})
    await world.store.append([commit(9, unknown, stream=STREAMS[0])])

    swept = await world.sweep()
    await world.deliver()

    assert set(swept.mended) == {"item-SKU0", "item-SKU1", "item-SKU2"}
    rows = {row.at.stream: row for row in world.rows.all()}
    assert {row.at.view for row in rows.values()} == {"streams-item"}
    assert [rows[str(stream)].version for stream in STREAMS] == [9, 8, 8, 8, 8, 8]
    assert rows["item-SKU0"].data == {"time": commit(9).time}
    assert (await world.sweep()).mended == []


def test_only_a_category_without_a_view_has_one_more() -> None:
    assert domain.kept_views == domain.views
    names = [view.name for view in Domain(domain.categories, domain.views[:1]).kept_views]
    assert names == ["stock", "streams-order", "streams-replenishment"]
