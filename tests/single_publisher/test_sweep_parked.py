"""What waits for an operator is left to the operator, and the sweep goes further."""

from dataclasses import replace

import pytest

from shared.domain.shop import domain
from shared.domain.shop.views.stock import stock
from shared.kernel.delivery.parking import Action, Decision, Parked
from shared.kernel.delivery.sweep_note import read_note
from shared.kernel.messages.commit import RecordedEvent, timestamp
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from single_publisher import sweep
from single_publisher.publish import Publisher
from single_publisher.sweep import Swept
from tests.consumers.worlds import now
from tests.kernel.asking import NOON
from tests.kernel.worlds import commit
from tests.single_publisher.sweeping import STREAMS, Unreadable, World, delivered

RETURN, UNKNOWN = StreamName("return", "1"), RecordedEvent("ReturnOpened", 1, {})


ORDER = StreamName("order", "9")


PLACED = RecordedEvent(
    "OrderPlaced", 1, {"customerId": "ann", "lines": [{"sku": "TEA", "quantity": 1}]}
)


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


async def test_what_can_never_be_published_is_parked_by_the_sweep() -> None:
    world = await delivered({"SKU1": 7})
    world.publisher = Publisher(world.log, Unreadable(), world.parking, now)

    await world.sweep()

    (marker,) = await world.parking.parked("single_publisher")
    assert (marker.stream, marker.version) == ("item-SKU1", 8)


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
