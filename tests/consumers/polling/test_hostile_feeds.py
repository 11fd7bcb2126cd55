"""A feed that is broken or means harm: it hurts nobody but itself, and is followed again when it is mended."""

import json

import pytest

from consumers.polling.elements import elements
from shared.kernel.errors import InvalidMessage
from shared.kernel.ports import FeedAnswer
from tests.consumers.polling.following import ATOM, BATCH, FEED, Follower, batch, orders, parcel

ONE, TWO = f"{FEED}?c=1", f"{FEED}?c=2"
UNREADABLE = {
    "half a character": b'{"id": "p9", "subject": "\\ud800"}',
    "too deep": b'{"id": "p9", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "no number": b'{"id": "p9", "x": NaN}',
    "two members of one name": b'{"id": "p9", "id": "p8"}',
    "endless digits": b'{"id": "p9", "x": ' + b"9" * 100_000 + b"}",
}


async def failing(follower: Follower, caplog: pytest.LogCaptureFixture, why: str) -> int:
    await follower.run()
    assert why in caplog.text
    return follower.place.failures


@pytest.mark.parametrize("why", UNREADABLE)
async def test_an_event_of_a_batch_that_nobody_can_read_is_parked_alone(why: str) -> None:
    follower = Follower()
    body = b",".join([json.dumps(parcel(1)).encode(), UNREADABLE[why], b' {"a, [": "\\"]}"}'])
    body += b"," + json.dumps(parcel(2)).encode()
    follower.answers(FeedAnswer(BATCH, b" [" + body + b"]\r\n", links={"next": FEED}))

    await follower.run()

    assert sorted(follower.orders) == orders(1, 2)
    assert len(await follower.world.parked()) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1]2", b"[1][2]", b'["]', b"{1}", b'["\\"'],
)
def test_what_is_no_array_is_cut_into_nothing(body: bytes) -> None:
    with pytest.raises(InvalidMessage, match="no JSON"):
        elements(body)


def test_an_array_is_cut_where_its_elements_end() -> None:
    assert elements(b'[ 1 ,[2,{"a":[3,4]}],"]\\",", {} ]') == [
        *(b"1", b'[2,{"a":[3,4]}]', b'"]\\","', b"{}"),
    ]


@pytest.mark.parametrize("there", ["https://elsewhere.example/feed", "https://[bad"])
async def test_a_link_that_is_mended_is_followed(
    there: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=there))
    assert await failing(follower, caplog, "leads") == 1
    follower.wait(1)
    follower.answers(batch([parcel(1)], next=ONE))
    follower.answers(batch([parcel(2)], next=ONE), ONE)

    await follower.run()

    assert follower.orders == orders(1, 2)


async def test_links_that_lead_in_a_circle_are_not_followed_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    follower = Follower()
    follower.answers(batch([parcel(1)], next=ONE))
    follower.answers(batch([parcel(2)], next=TWO), ONE)
    follower.answers(batch([parcel(3)], next=ONE), TWO)

    assert await failing(follower, caplog, "in a circle") == 1

    assert follower.others.asked == [FEED, ONE, TWO]
    assert follower.orders == orders(1, 2, 3)


async def test_what_cannot_be_remembered_of_a_feed_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("consumers.polling.polling.LARGEST_PLACE", 10_000)
    follower = Follower()
    follower.answers(batch([parcel(1), {**parcel(2), "id": "x" * 20_000}]))

    assert await failing(follower, caplog, "does not fit") == 1

    assert len(follower.progress.positions["poll:carrier"]) < 1_000


BROKEN = {
    "no XML": f'<?xml version="1.0" encoding="utf-99"?><feed xmlns="{ATOM}"/>',
    "leads nowhere": f'<feed xmlns="{ATOM}"><link rel="prev-archive" href="https://[bad"/></feed>',
}


@pytest.mark.parametrize("why", BROKEN)
async def test_a_document_of_atom_that_is_broken_otherwise_is_told(
    why: str, caplog: pytest.LogCaptureFixture
) -> None:
    follower = Follower()
    follower.answers(FeedAnswer("application/atom+xml", BROKEN[why].encode()))

    assert await failing(follower, caplog, why) == 1


async def test_an_entry_in_letters_that_are_no_base64_is_parked_alone() -> None:
    follower = Follower()
    entry = (
        "<entry><updated>2026-11-23T12:00:00Z</updated>"
        '<content type="application/cloudevents+json">\u00e9</content></entry>'
    )
    body = f'<feed xmlns="{ATOM}">{entry}</feed>'.encode()
    follower.answers(FeedAnswer("application/atom+xml", body))

    await follower.run()

    assert len(await follower.world.parked()) == 1
