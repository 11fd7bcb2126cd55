"""Feeds of Atom: read back to the archive that is known, and from there on as they were written."""

from dataclasses import replace

import pytest

from consumers.polling import archives
from shared.kernel.ports import FeedAnswer
from tests.consumers.polling.following import ATOM, FEED, Follower, atom, orders, parcel

ONE, TWO, THREE = (f"{FEED}/{number}" for number in (1, 2, 3))
XML = "application/atom+xml"


def written(follower: Follower) -> None:
    """Write a feed of two archives and what is in front of them."""
    follower.answers(atom([parcel(1), parcel(2)]), ONE)
    follower.answers(atom([parcel(3), parcel(4)], before="/feed/1"), TWO)
    follower.answers(atom([parcel(5)], tag='"e"', before=TWO))


async def test_a_feed_is_read_from_its_first_archive_on() -> None:
    follower = Follower()
    written(follower)

    asked = await follower.run()

    assert asked == [FEED, TWO, ONE, ONE, TWO, FEED]
    assert follower.orders == orders(1, 2, 3, 4, 5)
    assert await follower.run() == [FEED]


async def test_what_was_handled_in_front_of_the_archives_is_not_handled_again_in_one() -> None:
    follower = Follower()
    written(follower)
    await follower.run()
    writes = follower.world.receipts._digests.copy()
    follower.answers(atom([parcel(5), parcel(6)], before=TWO), THREE)
    follower.answers(atom([parcel(7)], tag='"f"', before=THREE))
    follower.world.receipts._digests.clear()

    assert await follower.run() == [FEED, THREE, THREE, FEED]

    assert follower.orders == orders(1, 2, 3, 4, 5, 6, 7)
    assert follower.world.receipts._digests.keys() - writes.keys() == {
        "/carriers/fast p6",
        "/carriers/fast p7",
    }
    assert "/carriers/fast p5" not in follower.world.receipts._digests


async def test_the_way_back_is_gone_on_with_by_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    follower, times = Follower(), iter(range(100))
    written(follower)
    monkeypatch.setattr("consumers.polling.polling.BEGINS", 1)

    asked = list[str]()
    for _ in range(6):
        run = replace(follower.polling, clock=lambda: next(times))
        follower.others.asked.clear()
        await run.run()
        asked += follower.others.asked

    assert asked == [FEED, TWO, ONE, ONE, TWO, FEED]
    assert follower.orders == orders(1, 2, 3, 4, 5)


WRONG = {
    "no XML": b"<feed",
    "no feed": b"<feed/>",
    "document type": b'<!DOCTYPE feed [<!ENTITY a "b">]><feed>&a;</feed>',
    "holds no application/cloudevents": f'<feed xmlns="{ATOM}"><entry><updated>2026-11-23T12:00:00Z'
    "</updated></entry></feed>".encode(),
    "when it was updated": f'<feed xmlns="{ATOM}"><entry/></feed>'.encode(),
}


@pytest.mark.parametrize("why", WRONG)
async def test_what_is_no_feed_of_events_is_told(
    why: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = Follower()
    follower.answers(FeedAnswer(XML, WRONG[why]))

    await follower.run()

    assert why in caplog.text
    assert follower.orders == []


async def test_an_entry_whose_event_cannot_be_read_is_parked_alone() -> None:
    follower = Follower()
    good = atom([parcel(1), parcel(2)])
    entry = b'<entry><updated>2026-11-23T12:00:00Z</updated><content type="application/cloudevents+json">x'
    follower.answers(
        FeedAnswer(XML, good.body.replace(b"</feed>", entry + b"</content></entry></feed>"))
    )

    await follower.run()

    assert follower.orders == orders(1, 2)
    assert len(await follower.world.parked()) == 1


async def test_archives_that_lead_in_a_circle_or_on_for_ever_are_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    circle, long = Follower(), Follower()
    for follower, first in ((circle, atom([], before=TWO)), (long, atom([]))):
        written(follower)
        follower.answers(first, ONE)
    monkeypatch.setattr(archives, "MOST_BACK", 2)

    await circle.run()
    assert "circle" in caplog.text
    monkeypatch.setattr(archives, "MOST_BACK", 1)
    await long.run()
    assert "more than 1 archives" in caplog.text


async def test_a_feed_that_changes_its_form_is_told(caplog: pytest.LogCaptureFixture) -> None:
    follower = Follower()
    written(follower)
    await follower.run()
    follower.answers(FeedAnswer("application/json", b"[]"))

    await follower.run()

    assert "another form" in caplog.text
