"""Feeds of batches: followed by their links, or by the id of the last event, from the place that was kept."""

import asyncio
import json
from dataclasses import replace

import pytest

from shared.kernel.errors import StoreUnavailable
from shared.kernel.ports import FeedAnswer, FeedGone
from tests.consumers.polling.following import BATCH, FEED, Follower, batch, orders, parcel
from tests.consumers.webhooks.worlds import Struggling, World, cloud


async def test_a_feed_is_followed_from_its_beginning_by_its_links() -> None:
    follower = Follower()
    follower.answers(batch([parcel(3)], first=f"{FEED}?c=0", next=f"{FEED}?c=2"))
    follower.answers(batch([parcel(1), parcel(2)], next=f"{FEED}?c=1"), f"{FEED}?c=0")
    follower.answers(batch([parcel(3)], next=f"{FEED}?c=2"), f"{FEED}?c=1")
    follower.answers(batch([], tag='"e"', next=f"{FEED}?c=2"), f"{FEED}?c=2")

    asked = await follower.run()

    assert asked == [FEED, *(f"{FEED}?c={number}" for number in range(3))]
    assert follower.orders == orders(1, 2, 3)
    assert (follower.place.url, follower.place.tag) == (f"{FEED}?c=2", '"e"')


async def test_another_host_goes_on_where_the_place_is_and_asks_whether_something_is_new() -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=f"{FEED}?c=1"))
    follower.answers(batch([], tag='"e"', next=f"{FEED}?c=1"), f"{FEED}?c=1")
    await follower.run()
    kept = dict(follower.progress._tags)

    assert await follower.run() == [f"{FEED}?c=1"]
    # What has not changed is not written again.
    assert follower.progress._tags == kept


async def test_without_links_what_comes_behind_the_last_event_is_asked_for() -> None:
    follower = Follower()
    follower.answers(batch([parcel(1), parcel(2)]))
    follower.answers(batch([parcel(3)]), f"{FEED}?lastEventId=p2")
    follower.answers(batch([]), f"{FEED}?lastEventId=p3")

    await follower.run()

    assert follower.orders == orders(1, 2, 3)
    assert await follower.run() == [f"{FEED}?lastEventId=p3"]


async def test_a_feed_that_knows_no_such_question_is_not_asked_for_ever() -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)]))
    follower.answers(batch([parcel(1)]), f"{FEED}?lastEventId=p1")

    taken = list[bytes]()

    async def taking(body: bytes, *_: object) -> None:
        taken.append(body)

    await replace(follower.polling, take=taking).run()

    assert follower.others.asked == [FEED, f"{FEED}?lastEventId=p1"]
    assert len(taken) == 1


async def test_an_event_without_an_id_at_the_end_is_parked_and_stops_nothing() -> None:
    follower, behind = Follower(), f"{FEED}?lastEventId=p1"
    follower.answers(batch([parcel(1), 5]))
    follower.answers(batch([5]), behind)
    await follower.run()
    follower.answers(batch([5, parcel(2)]), behind)
    follower.answers(batch([]), f"{FEED}?lastEventId=p2")

    await follower.run()

    assert follower.orders == orders(1, 2)
    assert len(await follower.world.parked()) == 1


async def test_lines_are_read_each_for_itself() -> None:
    follower = Follower()
    lines = [json.dumps(parcel(1)), "", "{", json.dumps(parcel(2))]
    body = "\n".join(lines).encode()
    follower.answers(FeedAnswer("application/x-ndjson", body, links={"next": FEED}))

    await follower.run()

    assert sorted(follower.orders) == orders(1, 2)
    assert len(await follower.world.parked()) == 1


async def test_what_can_never_take_effect_is_parked_alone() -> None:
    follower = Follower()
    bad = [[parcel(8)], cloud("p9", data={"orderId": 9}), {"id": "p7", "subject": "x"}, 5]
    follower.answers(batch([parcel(1), *bad, parcel(2)], next=FEED))

    await follower.run()

    assert sorted(follower.orders) == orders(1, 2)
    assert len(await follower.world.parked()) == len(bad)


async def test_a_feed_delivers_only_what_it_may() -> None:
    follower = Follower("/carriers/* | com.example.carrier.*")
    follower.answers(batch([parcel(1), parcel(2, source="/others")], next=FEED))

    await follower.run()

    assert follower.orders == orders(1)
    assert ["no setting lets 'carrier' deliver it" in one for one in await follower.world.parked()]


async def test_what_came_as_a_webhook_takes_no_effect_again() -> None:
    follower = Follower()
    assert await follower.world.status(parcel(1)) == 200
    follower.answers(batch([parcel(1), parcel(2)], next=FEED))

    await follower.run()

    assert follower.orders == orders(1, 2)
    assert await follower.world.parked() == []


async def test_events_of_one_subject_are_handled_in_their_order() -> None:
    follower, taken = Follower(), list[str]()
    several = [{**parcel(number), "subject": "one"} for number in range(1, 20)]
    follower.answers(batch(several, next=FEED))

    async def taking(body: bytes, *_: object) -> None:
        # Side by side, the last would be done first.
        for _turn in range(20 - int(json.loads(body)["id"][1:])):
            await asyncio.sleep(0)
        taken.append(json.loads(body)["id"])

    await replace(follower.polling, take=taking).run()

    assert taken == [f"p{number}" for number in range(1, 20)]


async def test_the_place_stays_where_it_is_until_everything_took_effect() -> None:
    store = Struggling()
    follower = Follower(world=World(store=store))
    follower.answers(batch([parcel(1)], next=f"{FEED}?c=1"))
    follower.answers(batch([], next=f"{FEED}?c=1"), f"{FEED}?c=1")
    store.fault = StoreUnavailable("gone")

    with pytest.raises(BaseExceptionGroup) as raised:
        await follower.run()
    assert raised.group_contains(StoreUnavailable)
    assert follower.unfollowed == {}
    assert follower.progress.positions == {}

    store.fault = None
    await follower.run()
    assert follower.orders == orders(1)


async def test_a_run_that_is_cut_off_has_got_on() -> None:
    follower, taken = Follower(), list[str]()
    follower.answers(batch([parcel(number) for number in range(1, 7)], next=FEED))
    take = follower.world.webhooks.take

    async def taking(body: bytes, *rest: object) -> None:
        taken.append(json.loads(body)["id"])
        if len(taken) == 5:
            raise TimeoutError
        await take(body, *rest)  # type: ignore[arg-type]

    for _ in range(2):
        run = replace(follower.polling, take=taking, portion=2)
        if not taken:
            with pytest.raises(BaseExceptionGroup):
                await run.run()
            assert sorted(follower.orders) == orders(1, 2, 3, 4, 6)
        else:
            await run.run()

    assert sorted(taken) == ["p1", "p2", "p3", "p4", "p5", "p5", "p6", "p6"]
    assert sorted(follower.orders) == orders(*range(1, 7))
    assert follower.place.seen == ()


async def test_a_feed_that_was_written_anew_is_read_from_its_beginning() -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=f"{FEED}?c=1"))
    follower.answers(batch([], next=f"{FEED}?c=1"), f"{FEED}?c=1")
    await follower.run()
    follower.answers(FeedGone("gone"), f"{FEED}?c=1")
    follower.answers(batch([parcel(1), parcel(2)], next=f"{FEED}?d=2"))
    follower.answers(batch([], next=f"{FEED}?d=2"), f"{FEED}?d=2")

    await follower.run()

    assert follower.orders == orders(1, 2)


UNREADABLE = {
    "no JSON": FeedAnswer(BATCH, b"{"),
    "no array": batch({"id": "p1"}),  # type: ignore[arg-type]
    "cannot be read as text/html": FeedAnswer("text/html", b""),
    "cannot be read as nothing": FeedAnswer("", b""),
    "more than 10000": batch([1] * 10_001),
}


@pytest.mark.parametrize("why", UNREADABLE)
async def test_what_is_no_feed_is_told_and_nothing_of_it_takes_effect(
    why: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = Follower()
    follower.answers(UNREADABLE[why])

    await follower.run()

    assert why in caplog.text
    assert follower.place.failures == 1
    assert (follower.orders, await follower.world.parked()) == ([], [])


@pytest.mark.parametrize("there", ["https://elsewhere.example/feed", "http://carrier.example/feed"])
async def test_a_link_to_another_host_is_not_followed(
    there: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=there))

    await follower.run()

    assert "another host" in caplog.text
    assert follower.others.asked == [FEED]
