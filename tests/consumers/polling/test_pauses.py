"""When a feed is asked: each run, later where it fails or says so; one that fails keeps no other waiting."""

from dataclasses import replace

import pytest

from consumers.polling.place import Place
from consumers.polling.polling import Polling
from shared.adapters.polled_feeds import read_polled_feeds
from shared.kernel.ports import FeedGone, FeedUnavailable
from tests.consumers.polling.following import FEED, Follower, batch, orders, parcel


async def failing(follower: Follower) -> int:
    """Run, in vain; gives how often the feed was asked."""
    asked = len(await follower.run())
    assert follower.place.failures
    return asked


async def test_a_feed_that_fails_is_asked_later_each_time_and_told_by_each_run() -> None:
    follower = Follower()
    follower.answers(FeedUnavailable("500"))

    asked = []
    for minute in range(60):
        asked.append(await failing(follower))
        assert follower.unfollowed == {"carrier": minute * 60}
        follower.wait(1)

    assert [minute for minute, times in enumerate(asked) if times] == [0, 1, 3, 7, 15, 30, 45]


async def test_each_time_that_a_feed_is_asked_in_vain_the_log_names_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    follower = Follower()
    follower.answers(FeedUnavailable("'carrier' answers 500"))

    await failing(follower)
    await failing(follower)

    (said,) = caplog.messages
    assert said == "the feed 'carrier' was not followed: 'carrier' answers 500"


@pytest.mark.parametrize(("wait", "minutes"), [(30, 1), (3600, 60), (10**8, 1440)])
async def test_a_feed_is_asked_again_when_it_says_so_within_a_day(
    wait: float, minutes: int
) -> None:
    follower = Follower()
    follower.answers(FeedUnavailable("503", wait))
    await failing(follower)

    follower.wait(minutes - 1 if minutes > 1 else 0)
    assert await failing(follower) == 0
    follower.wait(1)
    assert await failing(follower) == 1


async def test_a_feed_that_is_well_again_is_asked_in_each_run() -> None:
    follower = Follower()
    follower.answers(batch([], tag='"e"', next=FEED))
    await follower.run()
    unchanged = follower.place
    follower.answers(FeedUnavailable("500"))
    for _ in range(3):
        await failing(follower)
        follower.wait(15)
    assert follower.place.failures == 3
    # It answers that nothing is new.
    follower.answers(batch([], tag='"e"', next=FEED))

    await follower.run()

    assert follower.place == unchanged
    assert follower.unfollowed == {"carrier": 0}
    assert len(await follower.run()) == 1


async def test_a_feed_that_is_gone_is_told() -> None:
    follower = Follower()
    follower.answers(FeedGone("gone"))

    assert await failing(follower) == 1
    assert await failing(follower) == 0


async def test_a_feed_that_fails_keeps_no_other_waiting() -> None:
    follower = Follower()
    bad, good = f"{FEED}/bad", f"{FEED}/good"
    follower.answers(FeedUnavailable("500"), bad)
    follower.answers(batch([parcel(1)], next=good), good)
    named = f"bad = {bad} | * | *; good = {good} | * | *"
    both = replace(follower.polling, feeds=read_polled_feeds({"POLLED_FEEDS": named}))

    await both.run()
    follower.wait(1)
    await both.run()

    assert follower.orders == orders(1)
    assert follower.unfollowed == {"bad": 60, "good": 0}


async def test_a_feed_that_is_somewhere_else_now_is_read_from_its_beginning() -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=FEED))
    await follower.run()
    there = "https://other.example/feed"
    follower.answers(batch([parcel(1), parcel(2)], next=there), there)
    named = read_polled_feeds({"POLLED_FEEDS": f"carrier = {there} | * | *"})

    await replace(follower.polling, feeds=named).run()

    assert follower.orders == orders(1, 2)


async def test_where_another_host_has_got_on_nothing_is_written_over() -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=f"{FEED}?c=1"))
    further = Place(feed=FEED, url=f"{FEED}?c=9").model_dump_json()

    async def taking(*_: object) -> None:
        await follower.progress.write("poll:carrier", further)

    await replace(follower.polling, take=taking).run()

    assert follower.others.asked == [FEED]
    assert follower.place.url == f"{FEED}?c=9"


async def test_nothing_new_is_begun_when_time_is_up() -> None:
    follower, seconds = Follower(), iter([0.0, 20.0])
    follower.answers(batch([parcel(1)], next=f"{FEED}?c=1"))
    run: Polling = replace(follower.polling, clock=lambda: next(seconds))

    await run.run()

    assert follower.others.asked == [FEED]
    assert follower.place.url == f"{FEED}?c=1"
