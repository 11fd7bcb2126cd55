"""What can never be folded holds back its own stream in a rebuild too, and what may pass holds it up."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryRows
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.parking import Action, Decision
from shared.kernel.errors import InvalidMessage, StoreThrottled, UnreadableCommit
from shared.kernel.messages.commit import RecordedEvent
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage, Found, StoredRow
from shared.kernel.views.view import RowKey
from tests.consumers.operating import WHY, asked, release
from tests.consumers.rebuilding import ITEMS, NEXT, Desk, Feed, Reads, ask, everywhere, opened
from tests.consumers.test_parking import BAD, UNKNOWN, broken
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received


async def with_a_bad_one() -> Desk:
    """Give a desk in front of good items and one that is called bad."""
    desk = await opened()
    name = RecordedEvent("ItemRegistered", 1, {"name": "bad", "reorderPoint": 1})
    await desk.write(commit(1, name, stream=BAD))
    await desk.write(*(commit(version, received(1), stream=BAD) for version in range(2, 6)))
    return desk


async def test_a_bug_of_the_new_code_parks_its_stream_and_the_others_are_filled() -> None:
    desk = await with_a_bad_one()
    desk.world.views = (broken(3),)

    await desk.begin()
    await desk.run()

    assert await desk.shown() == everywhere(3, 3)
    assert desk.versions()["stock~1"]["bad"] == 3
    (marker,) = await desk.world.parking.parked("projections")
    assert (marker.stream, marker.version, marker.last_seen) == ("item-bad", 4, 5)


async def test_a_stream_that_is_parked_while_it_is_filled_is_released_in_both_generations() -> None:
    desk = await with_a_bad_one()
    desk.world.views = (broken(3),)
    await desk.begin()
    await desk.run()
    desk.world.views = (stock,)

    response = await release(asked(WHY), desk.world)

    assert response.status_code == 200
    assert desk.versions()["stock"] == desk.versions()["stock~1"]
    # The rebuild sends nothing: what the release has replayed is sent.
    assert desk.sent == 2


@pytest.mark.parametrize("skipped", [UNKNOWN, received(1)])
async def test_what_was_skipped_stays_skipped_though_new_code_can_fold_it(
    skipped: RecordedEvent,
) -> None:
    desk = await opened()
    skip = Decision("projections", "item-bad", 2, Action.SKIP, "typo", "ann", NOON)
    await desk.world.parking.decide(skip)
    await desk.write(
        *(commit(n, skipped if n == 2 else received(1), stream=BAD) for n in (1, 2, 3))
    )

    await desk.begin()
    await desk.run()

    assert desk.versions()["stock~1"]["bad"] == 3
    (row,) = await desk.world.rows.of_key("stock~1", "bad")
    assert row.data["received"] == 2
    assert await desk.world.parking.parked("projections") == []


async def test_an_old_row_that_nobody_can_read_does_not_keep_events_from_the_new_one() -> None:
    desk = await opened()
    at = RowKey("stock", "SKU0", "item-SKU0")
    stored = await desk.rows.read(at)
    assert stored is not None
    stored.row.data["available"] = "of an older kind"
    await desk.begin()
    await desk.run()

    await desk.write(commit(4, received(1), stream=ITEMS[0]))
    await desk.write(commit(5, received(1), stream=ITEMS[0]))

    assert (await desk.shown())["SKU0"] == (5, 5)
    assert desk.versions()["stock"]["SKU0"] == 3
    (marker,) = await desk.world.parking.parked("projections")
    assert (marker.stream, marker.version, marker.last_seen) == ("item-SKU0", 4, 5)


class Unreadable(Reads):
    """A store with a stream that is none, and a name that names none."""

    async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
        if stream == BAD:
            raise UnreadableCommit(InvalidMessage("an item that is none"), 1, 1, 0)
        return await super().read(stream, after, limit=limit)


async def test_a_stream_that_the_store_cannot_tell_is_parked_and_the_others_are_filled() -> None:
    desk = await opened(Desk(store=Unreadable()))
    await desk.store.append([commit(1, stream=BAD)])

    await desk.begin()
    await desk.run()

    assert await desk.shown() == everywhere(3, 3)
    (marker,) = await desk.world.parking.parked("projections")
    assert (marker.stream, marker.version) == ("item-bad", 1)
    assert "an item that is none" in marker.error


async def test_other_streams_and_names_that_are_none_are_passed_over() -> None:
    desk = await opened()
    order = StreamName("order", "7")
    await desk.store.append([commit(1, stream=order)])
    nameless = commit(1, stream=order)
    object.__setattr__(nameless, "stream", "item-")
    desk.store.written.append(nameless)
    desk.store.taken_at.append(desk.store.clock())

    await desk.begin()
    await desk.run()

    assert desk.versions()["stock~1"] == {item.id: 3 for item in ITEMS}
    assert await desk.phase() == "serving"


BROKEN = {"id": "0000000000000001", "stream": "item-bad", "version": 1}


ODD: list[Any] = [None, "noon", 5, {}, []]


UNREADABLE: list[dict[str, Any]] = [
    {"id": "1"},
    {"stream": "item-bad"},
    {**BROKEN, "stream": 7},
    BROKEN,
    *({**BROKEN, "metadata": metadata} for metadata in ODD),
    *({**BROKEN, "metadata": {"time": time}} for time in ODD),
]


class Strange(Feed):
    """A feed that begins with an item that is no commit."""

    def __init__(self, store: MemoryEventStore, item: Mapping[str, Any]) -> None:
        super().__init__(store, pages=1_000)
        self._item = item

    async def read(self, range_: str, position: str | None, limit: int | None = None) -> FeedPage:
        page = await super().read(range_, position, limit)
        if position is not None or not page.items:
            return page
        return FeedPage([self._item, *page.items], page.position, [0.0, *page.ages])


@pytest.mark.parametrize("item", UNREADABLE, ids=str)
async def test_no_item_of_the_feed_holds_up_a_rebuild(item: Mapping[str, Any]) -> None:
    desk = await opened()
    rebuild = replace(desk.rebuild(), feed=Strange(desk.store, item))

    await rebuild.begin(desk.view)
    await rebuild.run(60)

    assert await desk.phase() == "serving"
    assert desk.versions()["stock~1"] == {item.id: 3 for item in ITEMS}
    _, told = await ask(desk, "GET")
    assert [one["reached"] for one in told["ranges"]] == [None, NOON]


class Throttled(MemoryRows):
    """Rows of which some are not to be had for a while."""

    throttles = False

    async def read(self, at: RowKey) -> StoredRow | None:
        if self.throttles and at.key == "SKU3":
            raise StoreThrottled("busy")
        return await super().read(at)


async def test_a_fault_that_may_pass_never_parks_and_the_page_comes_again() -> None:
    rows = Throttled()
    desk = await opened(Desk(rows))
    desk.world.views = (NEXT,)
    await desk.begin()
    rows.throttles = True

    with pytest.raises(ExceptionGroup) as told:
        await desk.run()
    assert told.group_contains(StoreThrottled)
    rows.throttles = False
    assert await desk.shown() == everywhere(3, 3)
    await desk.run()

    assert await desk.shown() == everywhere(3, 6)
    assert await desk.world.parking.parked("projections") == []
