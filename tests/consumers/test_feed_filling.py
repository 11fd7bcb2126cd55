"""The filling of a feed: what happened before it was declared, or made anew, is in it as well, once."""

from dataclasses import replace
from typing import Any

import pytest

from consumers.feed_filling import GRACE, Filling
from shared.adapters.memory import MemoryFeed, MemoryFeedPages, MemoryProgress
from shared.domain.shop import domain
from shared.domain.shop.order.commands import CancelOrder
from shared.kernel.errors import InvalidMessage, Poison, StoreUnavailable
from tests.consumers.feeding import everything, feeds_of, in_chains
from tests.consumers.town import Town, confirmed, failing_for


class World:
    """A town in which something has happened, the feed of its store, and a clock that a test sets."""

    def __init__(self, town: Town) -> None:
        self.town, self.pages, self.progress = town, MemoryFeedPages(), MemoryProgress()
        self.seconds = 1_000.0
        self.taken = 0.0
        town.process.store.clock = lambda: self.seconds
        town.process.store.taken_at = [self.seconds - 600] * len(town.process.store.written)

    def filling(self, page: int = 100) -> Filling:
        """Give what fills the feeds, as a new host runs it."""
        feed = MemoryFeed(self.town.process.store, page=page)
        return Filling(feeds_of(self.town, self.pages), feed, self.progress, self._clock)

    def _clock(self) -> float:
        self.seconds += self.taken
        return self.seconds

    def changed(self, **changes: Any) -> None:
        """Deploy code whose feed is declared otherwise."""
        feeds = tuple(replace(one, **changes) for one in domain.feeds)
        self.town.domain = replace(domain, feeds=feeds)

    def told(self) -> list[str]:
        return sorted(event["subject"] for event in everything(self.pages))


async def test_what_happened_before_there_was_a_feed_is_in_it() -> None:
    world = World(await confirmed("7", "8"))
    await world.town.process.tell("order-7", CancelOrder())

    await world.filling(page=3).run(60)

    assert world.told() == ["order-7", "order-7", "order-8"]
    assert [event["sequence"] for event in in_chains(world.pages, "order-7")] == [3, 4]


async def test_what_comes_over_the_log_meanwhile_is_appended_once() -> None:
    world = World(await confirmed("7", "8"))
    await feeds_of(world.town, world.pages).feed(world.town.bodies())

    await world.filling().run(60)
    await feeds_of(world.town, world.pages).feed(world.town.bodies())

    assert world.told() == ["order-7", "order-8"]


async def test_a_feed_that_is_made_anew_is_filled_anew() -> None:
    world = World(await confirmed("7"))
    await world.filling().run(60)
    world.changed(generation=2)

    await world.filling().run(60)

    assert sorted(chain.partition("/")[0] for chain, _ in world.pages.pages) == ["shop~1", "shop~2"]
    assert world.told() == ["order-7", "order-7"]


async def test_with_fewer_partitions_every_stream_is_in_a_chain_that_is_left() -> None:
    orders = ["7", "8", "9", "10", "11"]
    world = World(await confirmed(*orders))
    await world.filling().run(60)
    world.seconds += GRACE + 1
    await world.filling().run(60)
    world.changed(partitions=1)

    await world.filling().run(60)

    left = [stored.page for (chain, _), stored in world.pages.pages.items() if chain == "shop~1/0"]
    found = {event["subject"] for page in left for event in page.events}
    assert found == {f"order-{one}" for one in orders}


@pytest.mark.parametrize("meanwhile", [{"generation": 2}, None], ids=["another", "none"])
async def test_what_happened_while_older_code_ran_again_is_in_the_feed_of_before(
    meanwhile: dict[str, int] | None,
) -> None:
    world = World(await confirmed("7"))
    await world.filling().run(60)
    world.seconds += GRACE + 1
    await world.filling().run(60)

    world.town.domain = replace(domain, feeds=()) if meanwhile is None else domain
    if meanwhile is not None:
        world.changed(**meanwhile)
    await world.town.process.tell("order-7", CancelOrder())
    await feeds_of(world.town, world.pages).feed(world.town.bodies())
    await world.filling().run(60)
    world.town.domain = domain
    await world.filling().run(60)

    chains = [page for (chain, _), page in sorted(world.pages.pages.items()) if "~1/" in chain]
    found = [event["sequence"] for stored in chains for event in stored.page.events]
    assert found == [3, 4]


async def test_what_comes_before_the_place_where_a_stream_is_held_back_is_in_a_feed_made_anew() -> (
    None
):
    world = World(await confirmed("7"))
    await world.filling().run(60)
    held = Poison("order-7", 4, InvalidMessage("it was wrong"))
    await world.town.parking.park(feeds_of(world.town, world.pages).delivery.marker(held))
    await world.town.process.tell("order-7", CancelOrder())
    world.changed(generation=2)

    await world.filling().run(60)
    # From the beginning again, where nothing is left of it.
    world.progress = MemoryProgress()
    await world.filling().run(60)

    made_anew = [page for (chain, _), page in world.pages.pages.items() if "~2/" in chain]
    found = [event["sequence"] for stored in made_anew for event in stored.page.events]
    assert found == [3]


async def test_a_look_that_has_no_more_time_is_gone_on_with_by_the_next() -> None:
    world = World(await confirmed("7", "8", "9"))
    world.taken = 4.0

    await world.filling(page=2).run(10)
    first = len(world.told())
    for _ in range(20):
        await world.filling(page=2).run(10)

    assert first < 3
    assert world.told() == ["order-7", "order-8", "order-9"]


async def test_what_older_code_took_for_an_older_generation_is_found_until_nobody_runs_it() -> None:
    world = World(await confirmed("7"))
    await world.filling().run(60)
    # Older code takes it from the log, and knows of no feed.
    await world.town.process.tell("order-7", CancelOrder())

    world.seconds += 60
    await world.filling().run(60)
    assert [event["sequence"] for event in in_chains(world.pages, "order-7")] == [3, 4]
    world.seconds += GRACE + 1
    await world.filling().run(60)

    noted = world.progress.positions["filling"]
    assert '"done":true' in noted
    world.town.process.store.written.clear()
    await world.filling().run(60)
    assert world.progress.positions["filling"] == noted


async def test_what_can_never_be_told_parks_its_stream_and_stops_no_other() -> None:
    world = World(await confirmed("7", "8", domain=failing_for("7")))

    await world.filling().run(60)
    # From the beginning again: what is parked waits for its release.
    world.progress = MemoryProgress()
    await world.filling().run(60)

    (marker,) = world.town.parking.markers()
    assert (marker.consumer, marker.stream, marker.version) == ("feeds", "order-7", 3)
    assert world.told() == ["order-8"]


class Lost(MemoryFeedPages):
    """Pages that nobody can write now."""

    async def write(self, *_: object, **__: object) -> str | None:
        raise StoreUnavailable("not now")


async def test_what_cannot_be_appended_now_is_looked_at_again() -> None:
    world = World(await confirmed("7"))
    pages, world.pages = world.pages, Lost()
    with pytest.raises(ExceptionGroup) as raised:
        await world.filling().run(60)
    assert raised.group_contains(StoreUnavailable)

    world.pages = pages
    await world.filling().run(60)

    assert world.told() == ["order-7"]


async def test_an_item_of_no_stream_keeps_no_other_out() -> None:
    world = World(await confirmed("7"))
    store = world.town.process.store
    strange = replace(store.written[0], stream="nowhere")
    store.written.insert(0, strange)
    store.taken_at.insert(0, 0.0)

    await world.filling().run(60)

    assert world.told() == ["order-7"]
