"""The sweep mends what a publisher dropped, without an operator, and leaves alone what is right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryEventStore, MemoryFeed
from shared.domain.shop import domain
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.delivery.reading import PAGE
from shared.kernel.delivery.sweep_note import read_note
from shared.kernel.domain import Domain
from shared.kernel.errors import InvalidMessage, StoreUnavailable, UnreadableCommit
from shared.kernel.messages.commit import RecordedEvent, timestamp
from shared.kernel.messages.envelope import decode
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.ports import FeedPage, Found
from single_publisher import sweep
from single_publisher.publish import Publisher
from single_publisher.sweep import Swept
from tests.consumers.worlds import now
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit, received
from tests.single_publisher.sweeping import LONG, STREAMS, World, delivered

RETURN, UNKNOWN = StreamName("return", "1"), RecordedEvent("ReturnOpened", 1, {})
ORDER = StreamName("order", "9")
PLACED = RecordedEvent(
    "OrderPlaced", 1, {"customerId": "ann", "lines": [{"sku": "TEA", "quantity": 1}]}
)


class Unreadable(MemoryEventStore):
    """Holds nothing but an item that is none."""

    async def read(self, *_args: object, **_more: object) -> Found:
        raise UnreadableCommit(InvalidMessage("an item that is none"), 8, 8, 0)


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


async def test_a_parked_stream_is_left_to_its_operator() -> None:
    world = await delivered({})
    unknown = RecordedEvent("StockMelted", 1, {})
    await world.store.append([commit(9, unknown, stream=STREAMS[0])])
    await world.publisher.replay(STREAMS[0], 9)
    await world.deliver()

    assert [one.stream for one in await world.parking.parked("projections")] == ["item-SKU0"]
    assert (await world.sweep()).mended == []


async def test_an_unknown_event_that_nobody_saw_is_sent_and_then_parked() -> None:
    world = await delivered({})
    unknown = RecordedEvent("StockMelted", 1, {})
    await world.store.append([commit(9, unknown, stream=STREAMS[0])])

    swept = await world.sweep()
    await world.deliver()

    assert swept.mended == ["item-SKU0"]
    assert [one.version for one in await world.parking.parked("projections")] == [9]


async def test_a_sweep_that_has_no_time_left_proves_a_page_of_each_range() -> None:
    world = await delivered({})
    world.ranges = ["-20", "20-FF"]

    assert await world.sweep(seconds=0) == Swept(proven=20, mended=[])


async def test_what_can_never_be_published_is_parked_by_the_sweep() -> None:
    world = await delivered({"SKU1": 7})
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)

    await world.sweep()

    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version) == ("item-SKU1", 8)


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


async def sent(world: World) -> list[str]:
    """Name all that the log has kept, once for each time."""
    return sorted(decode(body).id for partition in world.log.messages for body in partition)


async def test_what_is_lost_twice_is_sent_until_it_is_seen() -> None:
    world = await delivered({"SKU1": 7})
    before = await sent(world)
    world.log.losses = 2

    mended = [(await world.sweep()).mended for _ in range(3)]
    await world.deliver()
    mended.append((await world.sweep()).mended)

    assert mended == [["item-SKU1"]] * 3 + [[]]
    assert await sent(world) == sorted([*before, "item-SKU1@8"])
    assert await world.seen() == [8] * 6
    assert (await read_note(world.progress)).again == {}


async def test_what_was_just_sent_again_has_its_time_to_be_seen() -> None:
    world = await delivered({"SKU1": 7})
    await world.sweep()
    before = await sent(world)

    assert (await world.sweep(later=timedelta(minutes=1))).mended == []
    # What came behind it meanwhile is looked at with it.
    await world.store.append([commit(9, received(1), stream=STREAMS[1])])
    assert (await world.sweep(later=timedelta(seconds=30))).mended == []
    assert await sent(world) == before
    await world.deliver()
    assert (await world.sweep()).mended == ["item-SKU1"]
    await world.deliver()
    assert await world.seen() == [8, 9, 8, 8, 8, 8]


async def test_a_host_whose_clock_was_ahead_keeps_nobody_from_looking_again() -> None:
    world = await delivered({"SKU1": 7})
    world.log.losses = 1
    world.skew = timedelta(hours=1)
    await world.sweep()
    world.skew = timedelta()

    assert (await world.sweep()).mended == ["item-SKU1"]


@pytest.mark.parametrize("skew", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=366)])
async def test_neither_the_clock_of_a_writer_nor_that_of_its_own_host_stops_it(
    skew: timedelta,
) -> None:
    world = World()
    for number in range(12):
        one = commit(1, received(1), stream=StreamName("item", f"AHEAD{number}"))
        time = timestamp(now() + skew)
        await world.store.append([replace(one, metadata=replace(one.metadata, time=time))])
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


async def test_a_range_that_splits_or_merges_goes_on_where_it_was() -> None:
    world = await delivered({})
    proven = [(await world.sweep()).proven]
    for ranges in (["-20", "20-FF"], ["-18", "18-20", "20-30", "30-FF"], ["-28", "28-FF"], ["-FF"]):
        world.ranges = ranges
        proven.append((await world.sweep()).proven)

    assert proven == [48, 0, 0, 0, 0]


async def test_after_a_merge_the_range_that_was_behind_is_swept_from_its_own_place() -> None:
    class Half(MemoryFeed):
        """Cannot be read in one of its ranges."""

        async def read(
            self, range_: str, position: str | None, limit: int | None = None
        ) -> FeedPage:
            if range_ == "20-FF":
                raise StoreUnavailable("no answer")
            return await super().read(range_, position, limit)

    world = await delivered({stream.id: 7 for stream in STREAMS})
    world.feed, world.ranges = Half, ["-20", "20-FF"]
    with pytest.raises(ExceptionGroup) as told:
        await world.sweep()
    first = await sent(world)
    world.feed, world.ranges = MemoryFeed, ["-FF"]
    await world.deliver()
    await world.sweep()

    assert told.group_contains(StoreUnavailable)
    # In the range that could be read all was done, and in the other the rest is.
    assert 42 < len(first) < len(await sent(world)) == 48
    await world.deliver()
    assert await world.seen() == [8] * 6


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
    assert rows["item-SKU0"].data == {"time": commit(9).metadata.time}
    assert (await world.sweep()).mended == []


def test_only_a_category_without_a_view_has_one_more() -> None:
    assert domain.kept_views == domain.views
    names = [view.name for view in Domain(domain.categories, domain.views[:1]).kept_views]
    assert names == ["stock", "streams-order", "streams-replenishment"]


async def test_what_waits_for_the_publisher_s_operator_is_looked_at_when_it_is_released() -> None:
    world = await delivered({"SKU1": 7})
    right = world.publisher
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)
    await world.sweep()
    world.publisher = right
    stored = await world.parking.find("single_publisher", "item-SKU1")
    assert stored
    assert (await world.sweep()).mended == []
    # The release sends it, and the log loses that.
    await world.parking.unpark(stored)

    assert (await world.sweep()).mended == ["item-SKU1"]


async def test_what_only_newer_code_knows_is_parked_and_left_to_its_operator() -> None:
    world = await delivered({})
    await world.store.append([commit(1, UNKNOWN, stream=RETURN)])

    mended = [(await world.sweep()).mended]
    await world.deliver()
    mended.append((await world.sweep()).mended)

    (marker,) = await world.parking.parked("projections")
    assert (marker.stream, marker.version) == ("return-1", 1)
    assert "no category 'return' is known: it waits for newer code" in marker.error
    assert mended == [["return-1"], []]
    assert (await read_note(world.progress)).again == {}


async def test_what_only_newer_code_knows_is_sent_once_and_noted_for_that_code() -> None:
    world = await delivered({})
    world.views = [stock]
    await world.store.append([commit(1, PLACED, stream=ORDER)])
    world.log.losses = 1

    mended = [(await world.sweep()).mended for _ in range(3)]
    world.views = domain.kept_views
    mended.append((await world.sweep()).mended)
    await world.deliver()
    mended.append((await world.sweep()).mended)

    assert mended == [["order-9"], [], [], ["order-9"], []]
    assert await world.rows.of_key("orders", "9")
    assert (await read_note(world.progress)).again == {}


@pytest.mark.parametrize("consumer", ["single_publisher", "projections"])
async def test_nobody_waits_for_a_last_event_that_an_operator_has_passed_over(
    consumer: str,
) -> None:
    world = await delivered({"SKU1": 6, "SKU2": 7})
    for version in (7, 8):
        at = (consumer, "item-SKU2" if version == 8 else "item-SKU1", version)
        await world.parking.decide(Decision(*at, Action.SKIP, "typo", "ann", timestamp(now())))

    assert (await world.sweep()).mended == ["item-SKU1"]
    assert (await read_note(world.progress)).again.keys() == {"item-SKU1"}


async def test_too_much_that_waits_to_be_seen_keeps_it_from_going_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "MOST_AGAIN", 2)
    world = await delivered({"SKU1": 0, "SKU2": 0})

    assert (await world.sweep()).proven == 10
    await world.deliver()
    assert (await world.sweep()).proven == 38


async def test_however_much_waits_for_the_publisher_s_operator_it_goes_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "MOST_AGAIN", 2)
    world = await delivered({"SKU1": 0, "SKU2": 0, "SKU3": 0, "SKU5": 7})
    for parked in ("item-SKU1", "item-SKU2", "item-SKU3"):
        await world.parking.park(Parked("single_publisher", parked, 1, 1, "too large", NOON))

    assert await world.sweep() == Swept(proven=48, mended=["item-SKU5"])
    assert (await read_note(world.progress)).again.keys() == {
        *("item-SKU1", "item-SKU2", "item-SKU3", "item-SKU5")
    }


async def test_however_much_can_never_be_published_it_goes_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "MOST_AGAIN", 2)
    world = await delivered({"SKU1": 0, "SKU2": 0, "SKU3": 0})
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)

    assert (await world.sweep()).proven == 48
    parked = [one.stream for one in await world.parking.parked("single_publisher")]
    assert parked == ["item-SKU1", "item-SKU2", "item-SKU3"]


async def test_what_was_sent_and_cannot_be_read_any_more_does_not_keep_it_from_going_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "MOST_AGAIN", 2)
    world = await delivered({"SKU1": 0, "SKU2": 0})
    proven = [(await world.sweep()).proven]
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)
    proven.append((await world.sweep()).proven)

    assert proven == [10, 38]


async def test_an_event_that_no_view_can_place_is_sent_and_parked_and_ends_no_range() -> None:
    def broken(stream: StreamName, _: Event) -> str:
        if stream == STREAMS[0]:
            raise KeyError(stream.id)
        return stream.id

    world = World()
    world.views = [replace(domain.view("stock"), key=broken)]
    await delivered({"SKU0": 0}, world)

    swept = await world.sweep()
    await world.deliver()

    assert swept == Swept(proven=48, mended=["item-SKU0"])
    assert [one.stream for one in await world.parking.parked("projections")] == ["item-SKU0"]
    assert (await world.sweep()).mended == []
    assert (await read_note(world.progress)).again == {}


async def test_what_fails_for_one_stream_leaves_the_place_and_the_others_are_mended() -> None:
    class Away(MemoryEventStore):
        """Cannot be read for one of the streams."""

        away = True

        async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
            if self.away and stream == STREAMS[1]:
                raise StoreUnavailable("no answer")
            return await super().read(stream, after, limit=limit)

    world = World()
    world.store = away = Away(clock=world.seconds)
    world.publisher = Publisher(world.log, away, world.parking, now)
    away.away = False
    await delivered({"SKU1": 7, "SKU2": 7}, world)
    away.away = True
    with pytest.raises(ExceptionGroup) as told:
        await world.sweep()
    away.away = False
    await world.deliver()

    assert told.group_contains(StoreUnavailable)
    assert (await world.sweep()).mended == ["item-SKU1"]
    away.away = True
    with pytest.raises(ExceptionGroup):
        await world.sweep()
    away.away = False
    await world.deliver()
    assert (await world.sweep()).mended == []


async def test_what_cannot_be_read_any_more_waits_and_is_the_publisher_s_to_park() -> None:
    class Spoilt(MemoryEventStore):
        spoilt = False

        async def read(self, stream: StreamName, after: int = 0, *, limit: int) -> Found:
            if self.spoilt:
                raise UnreadableCommit(InvalidMessage("an item that is none"), 8, 8, 0)
            found = await super().read(stream, after, limit=limit)
            return found if stream != STREAMS[2] or limit == PAGE else Found([])

    world = World()
    world.store = spoilt = Spoilt(clock=world.seconds)
    world.publisher = Publisher(world.log, spoilt, world.parking, now)
    await delivered({"SKU1": 7, "SKU2": 7}, world)
    world.log.losses = 2
    await world.sweep()
    assert (await world.sweep()).mended == ["item-SKU1"]
    spoilt.spoilt = True

    assert (await world.sweep()).mended == []
    assert (await read_note(world.progress)).again.keys() == {"item-SKU1", "item-SKU2"}
