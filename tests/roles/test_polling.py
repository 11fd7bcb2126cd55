"""The timer that follows the feeds of others: it reads our own, in every form, and does nothing without one."""

from collections.abc import Mapping
from typing import Any

import pytest

import consumers.polling.composition
from shared.adapters import wiring
from shared.adapters.http.negotiation import chosen
from shared.adapters.polled_feeds import read_polled_feeds
from shared.kernel.feeds.page import Entry
from shared.kernel.ports import FeedAnswer, FeedUnavailable
from tests.roles.reading import append, follow, links
from tests.roles.wired import CARRIER, Wired

AT = "https://carrier.example"
BATCH, NDJSON, ATOM = FORMS = (
    "application/cloudevents-batch+json",
    "application/x-ndjson",
    "application/atom+xml",
)
"""Our feed is that of a carrier here."""


class Ours:
    """Our own feed, as others read it in one form; it says what was asked."""

    def __init__(self, wired: Wired, form: str) -> None:
        self.wired, self.form = wired, form
        self.statuses = list[int]()

    async def ask(self, feed: str, url: str, tag: str | None) -> FeedAnswer | None:
        """Ask the function that answers there."""
        assert feed == "carrier"
        conditions = {} if tag is None else {"If-None-Match": tag}
        answer = await follow(self.wired, url.removeprefix(AT), {"Accept": self.form, **conditions})
        self.statuses.append(answer.status_code)
        if answer.status_code == 304:
            return None
        assert answer.status_code == 200
        assert chosen(self.form, [answer.mimetype]) == answer.mimetype
        to = {relation: f"{AT}{path}" for relation, path in links(answer).items()}
        return FeedAnswer(answer.mimetype, answer.get_body(), answer.headers.get("ETag"), to)


def parcels(first: int, last: int) -> list[Entry]:
    """Give what a carrier tells of parcels: of each order one."""
    return [
        Entry(f"parcel-{number}", 1, [_parcel(number)], 200) for number in range(first, last + 1)
    ]


def _parcel(number: int) -> Mapping[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"p{number}",
        "source": "/carriers/fast",
        "type": CARRIER,
        "subject": f"parcel-{number}",
        "time": "2026-11-23T12:00:00Z",
        "data": {"orderId": str(number), "customerId": "C1"},
    }


def following(patch: pytest.MonkeyPatch, wired: Wired, path: str, form: str) -> Ours:
    """Have the settings name our feed."""
    ours = Ours(wired, form)

    async def others() -> Ours:
        return ours

    feeds = read_polled_feeds({"POLLED_FEEDS": f"carrier = {AT}{path} | /carriers/* | com.*"})
    patch.setattr(consumers.polling.composition, "read_feeds", lambda: feeds)
    patch.setattr(wiring, "others_feeds", others)
    return ours


@pytest.mark.parametrize(
    ("path", "form"),
    [("/api/feeds/shop", BATCH), ("/api/feeds/shop", NDJSON), ("/api/feeds/shop/1", ATOM)],
)
async def test_a_feed_of_ours_takes_effect_with_who_follows_it_each_event_once(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, path: str, form: str
) -> None:
    ours = following(monkeypatch, wired, path, form)
    await append(wired, 1, parcels(1, 250))
    await wired.tick("polling")
    await append(wired, 1, parcels(251, 320))
    await wired.tick("polling")
    ours.statuses.clear()

    await wired.tick("polling")

    done = [one.stream for one in wired.store.written]
    assert sorted(done) == sorted(f"order-{number}" for number in range(1, 321))
    assert await wired.parking.parked("webhooks") == []
    # Nothing has come: it is asked once, and told so.
    assert ours.statuses == [304]


async def test_without_a_feed_nothing_is_opened(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers.polling.composition, "webhooks", None)

    await wired.tick("polling")

    assert wired.progress.positions == {}


async def test_a_feed_that_does_not_answer_is_told_and_the_run_ends_well(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ours = following(monkeypatch, wired, "/api/feeds/shop", BATCH)

    async def ask(*_: object) -> None:
        raise FeedUnavailable("'carrier' answers 500")

    monkeypatch.setattr(ours, "ask", ask)

    await wired.tick("polling")

    assert caplog.messages == ["the feed 'carrier' was not followed: 'carrier' answers 500"]
