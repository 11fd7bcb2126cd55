"""What is not followed once, in order and behind its effects is found, whatever it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from consumers.polling.place import Place
from shared.kernel.delivery.parking import Parked
from shared.kernel.feeds.page import Entry, Page
from shared.kernel.messages.commit import Commit, Metadata, RecordedEvent
from tests.simulation import virtual_time
from tests.simulation.cloud import Cloud
from tests.simulation.following import Following, is_pushed, unfollowed
from tests.simulation.notices import TOLD
from tests.simulation.polling import polled
from tests.simulation.pulled import pulled

TIME = "2026-11-23T12:00:00.000000Z"
ORDER = next(f"order-o{n}" for n in range(9) if not is_pushed({"subject": f"order-o{n}"}))
REQUESTED = TOLD["ReplenishmentRequested"]
POISON = {"id": "r1", "subject": "replenishment-T", "sequence": 1, "type": REQUESTED}
EVENTS: Sequence[Mapping[str, Any]] = (
    {"id": "e1", "subject": ORDER, "sequence": 2, "type": TOLD["OrderRejected"], "data": {}},
    {**POISON, "data": {"shortage": 1}},
    {"id": "e2", "subject": ORDER, "sequence": 3, "type": TOLD["OrderShipped"], "data": {}},
)
PARKED = Parked("webhooks", "inbound-1", 1, 1, "unreadable", TIME, envelope={"id": "r1"})


async def world(*effects: str, seed: int = 1) -> Following:
    """Offer the events on two pages, and let some of them have taken effect."""
    cloud = Cloud()
    following = pulled(cloud, seed).following
    for number, events in ((1, EVENTS[:2]), (2, EVENTS[2:])):
        entries = tuple(Entry(e["subject"], e["sequence"], [e], 1) for e in events)
        await cloud.pages.write(Page("shop~1/0", number, entries, closed=number == 1), None)
    for number, id_ in enumerate(effects, 1):
        caused = Metadata("c", f"/shop {id_}")
        event = RecordedEvent("EventNoted", 1, {"what": id_})
        commit = Commit("note-1", number, f"k{number}", "", (event,), caused, TIME)
        await following.cloud.store.append([commit])
    await following.cloud.parking.park(PARKED)
    following.read = list(EVENTS)
    return following


def test_what_is_followed_once_in_order_and_parked_alone_is_right() -> None:
    assert unfollowed(virtual_time.run(world("e1", "e2"))) == []


@pytest.mark.parametrize(
    ("effects", "wrong"),
    [
        (("e1",), f"{ORDER}: e2 took effect 0 times, not 1"),
        (("e1", "e2", "e1"), f"{ORDER}: e1 took effect 2 times, not 1"),
        (("e1", "r1", "e2"), "replenishment-T: r1 took effect 1 times, not 0"),
        (("e2", "e1"), f"{ORDER}: e1 took effect out of order"),
        (("e1", "e2", "x"), "x was followed, and is not in the feed"),
    ],
)
def test_what_is_followed_otherwise_is_named(effects: Sequence[str], wrong: str) -> None:
    assert unfollowed(virtual_time.run(world(*effects))) == [wrong]


def test_what_is_parked_and_should_not_be_and_the_other_way_round_is_named() -> None:
    following = virtual_time.run(world("e1", "e2"))
    following.read = list(EVENTS[1:])
    following.cloud.parking._markers.clear()

    assert unfollowed(following) == [
        "who reads by cursors has read 2 of 3 events, without ['e1']",
        "replenishment-T: r1 is to be parked",
    ]


PLACES = {
    0: {"url": "https://shop.example/api/feeds/shop?cursor=c2hvcDsxOzA7MjoxLDE6MA=="},
    1: {"done": "https://shop.example/api/feeds/shop/0/1-2"},
    2: {"url": "https://shop.example/api/feeds/shop?lastEventId=e2"},
}


@pytest.mark.parametrize("seed", PLACES)
def test_a_place_that_is_ahead_of_an_effect_or_goes_back_is_named(seed: int) -> None:
    async def moved() -> list[str]:
        following = await world("e1", seed=seed)
        feed = polled(following.form).url
        place, begin = Place(feed=feed, **PLACES[seed]), Place(feed=feed)  # type: ignore[arg-type]
        progress = following.cloud.progress
        tag = await progress.advance("poll:shop", begin.model_dump_json(), None)
        tag = await progress.advance("poll:shop", place.model_dump_json(), tag)
        back = place.model_dump_json().replace("1-2", "1-1").replace("=e2", "=e1")
        await progress.advance(
            "poll:shop", back.replace("c2hvcDsxOzA7MjoxLDE6MA==", "c2hvcDsxOzA7MToxLDE6MA=="), tag
        )
        return following.cloud.back

    ahead, back = virtual_time.run(moved())
    assert ahead == f"{ORDER}: the place is behind e2, which has no effect"
    assert back.startswith("the place goes back from ")
