"""How far behind a stage is: the events that wait, and the age of the oldest."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.adapters.http.lag import Lags
from shared.adapters.memory import (
    MemoryEventStore,
    MemoryFeed,
    MemoryLeases,
    MemoryLog,
    MemoryProgress,
)
from shared.adapters.memory.feed import ALL
from shared.kernel.delivery.lag import Lag, feed_lag, log_lag, progress_name
from shared.kernel.ports import FeedPage
from tests.kernel.worlds import commit, received


async def test_what_a_stage_has_not_reached_is_counted_in_events_and_as_old_as_the_store_says() -> (
    None
):
    seconds = [0.0]
    store = MemoryEventStore(clock=lambda: seconds[0])
    # What the commits say of themselves is the word of their writers.
    for version in (1, 2, 3):
        await store.append([commit(version, received(1))])
    seconds[0] = 30.0
    await store.append([commit(5, received(1), received(1))])
    seconds[0] = 90.0
    feed = MemoryFeed(store, page=2)

    assert await feed_lag("publisher", feed, {ALL: None}) == [Lag("publisher", "0", 5, 90.0)]
    assert await feed_lag("publisher", feed, {ALL: "3"}) == [Lag("publisher", "0", 2, 60.0)]
    assert await feed_lag("publisher", feed, {ALL: "4"}) == [Lag("publisher", "0", 0, 0.0)]


class Strange(MemoryFeed):
    """A feed of items that are no commits."""

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        page = await super().read(range_, position, limit)
        odd: list[Any] = [7, None, "none"]
        items = [{**item, "events": one} for item, one in zip(page.items, odd, strict=False)]
        return FeedPage(items, page.position, page.ages)


async def test_what_is_no_commit_holds_no_events_and_has_an_age() -> None:
    seconds = [0.0]
    store = MemoryEventStore(clock=lambda: seconds[0])
    for version in (1, 2, 3):
        await store.append([commit(version, received(1))])
    seconds[0] = 60.0

    assert await feed_lag("publisher", Strange(store), {ALL: None}) == [
        Lag("publisher", "0", 0, 60.0)
    ]


async def test_counting_has_an_end() -> None:
    store = MemoryEventStore()
    for version in range(1, 31):
        await store.append([commit(version, received(1))])

    [lag] = await feed_lag("publisher", MemoryFeed(store, page=1), {ALL: None})

    assert (lag.events, lag.at_least) == (20, True)
    [lag] = await feed_lag("publisher", MemoryFeed(store, page=1), {ALL: None}, 1)

    assert (lag.events, lag.at_least) == (1, True)


async def test_what_a_consumer_has_not_handled_is_counted_partition_by_partition() -> None:
    log, progress = MemoryLog(partitions=2), MemoryProgress()
    await log.send(0, [b"a", b"b", b"c"])
    await progress.write(progress_name("projections", 0), "0")

    oldest = await log.time_after(0, 0)
    assert oldest
    now, extents = oldest + timedelta(seconds=90), await log.extents()
    behind, idle = await log_lag("projections", log, extents, progress, now)

    assert (behind.partition, behind.events, behind.seconds) == ("0", 2, 90.0)
    assert idle == Lag("projections", "1", 0, 0.0)
    moved = await log_lag("projections", log, extents, progress, now, moved_to="events-32")
    assert moved[0].events == 3, "a place in the hub that was left counts for nothing in another"
    await progress.write(progress_name("projections", 0, "events-32"), "0")
    assert (await log_lag("projections", log, extents, progress, now, moved_to="events-32"))[
        0
    ].events == 2
    await progress.write(progress_name("projections", 0), "2")
    assert (await log_lag("projections", log, extents, progress, now))[0].events == 0


class Asked(MemoryLog):
    """A log that counts how often somebody asks what it holds."""

    asked = 0

    async def extents(self) -> Sequence[tuple[int, int]]:
        self.asked += 1
        return await super().extents()


async def test_a_hub_is_asked_once_however_many_consumers_read_it() -> None:
    events, commands = Asked(partitions=2), Asked(partitions=1)
    await events.send(1, [b"a"])
    consumers = {"projections": events, "reactions": events, "mailbox": commands}
    feed, leases = MemoryFeed(MemoryEventStore()), MemoryLeases()
    lags = Lags("publisher", consumers, feed, leases, MemoryProgress(), lambda: datetime.now(UTC))

    found = {(one.stage, one.partition): one.events for one in await lags.all()}

    assert (events.asked, commands.asked) == (1, 1)
    assert found["projections", "1"] == found["reactions", "1"] == 1
    assert found["mailbox", "0"] == 0
