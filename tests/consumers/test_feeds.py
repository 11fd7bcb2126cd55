"""Feeds: what others pull is in the chain of its partition once, in the order of its stream, whatever happens."""

from dataclasses import replace
from typing import Any

import pytest

from consumers.stored_events import PART
from shared.adapters.memory import MemoryFeedPages, MemoryRows
from shared.adapters.size_limits import LARGEST_PAGE
from shared.domain.shop import domain
from shared.domain.shop.order.commands import CancelOrder
from shared.kernel.delivery.parking import Action, Decision
from shared.kernel.errors import StoreUnavailable
from shared.kernel.messages.envelope import encode_all
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.view import Row
from tests.consumers.feeding import ToPages, everything, feeds_of, in_chains
from tests.consumers.town import CONFIRMED, confirmed, failing_for, with_enrich
from tests.consumers.walks import BAD
from tests.kernel.asking import NOON


async def test_a_public_event_is_on_a_page_as_notifications_tell_it() -> None:
    town, pages = await confirmed("7"), MemoryFeedPages()
    await town.notify()

    await feeds_of(town, pages).feed(town.bodies())

    (event,) = everything(pages)
    assert (event["id"], event["type"]) == (town.notifier.published[0].id, CONFIRMED)
    assert event["data"] == town.notifier.published[0].data
    ((chain, number),) = pages.pages
    assert (chain, number) == (domain.feed("shop").chain_of("order-7"), 1)


async def test_what_comes_again_is_in_the_chain_once() -> None:
    town, pages = await confirmed("7", "8"), MemoryFeedPages()
    feeds = feeds_of(town, pages)

    await feeds.feed(town.bodies() * 2)
    await feeds.feed(town.bodies())
    await feeds_of(town, pages).feed(town.bodies())

    assert sorted(event["subject"] for event in everything(pages)) == ["order-7", "order-8"]


async def test_what_the_log_has_lost_is_in_the_chain_before_what_follows() -> None:
    town, pages = await confirmed("7"), MemoryFeedPages()
    await town.process.tell("order-7", CancelOrder())
    last = encode_all(town.process.store.written[-1])

    await feeds_of(town, pages).feed(last)
    await feeds_of(town, pages).feed(town.bodies())

    assert [event["sequence"] for event in in_chains(pages, "order-7")] == [3, 4]


async def test_what_the_log_has_and_a_restored_store_lacks_is_in_the_chain() -> None:
    town, pages = await confirmed("7"), MemoryFeedPages()
    (last,) = [body for body in town.bodies() if b"OrderConfirmed" in body]
    town.process.store._streams.clear()

    await feeds_of(town, pages).feed([last])

    assert [event["sequence"] for event in everything(pages)] == [3]


async def test_what_is_skipped_stays_out_when_what_follows_is_read_from_the_store() -> None:
    town, pages = await confirmed("7", domain=failing_for("7")), MemoryFeedPages()
    feeds = feeds_of(town, pages)
    await feeds.feed(town.bodies())
    (marker,) = town.parking.markers()
    assert (marker.consumer, marker.version) == ("feeds", 3)
    skip = Decision("feeds", "order-7", 3, Action.SKIP, "it is wrong", "ann", NOON)
    await town.parking.decide(skip)
    found = await town.parking.find("feeds", "order-7")
    assert found is not None
    await town.parking.unpark(found)
    # The code is mended, and that event is passed over all the same.
    mended = replace(town, domain=domain)
    await mended.process.tell("order-7", CancelOrder())

    await feeds_of(mended, pages).feed(encode_all(mended.process.store.written[-1]))

    assert [event["sequence"] for event in everything(pages)] == [4]


async def test_a_poison_that_only_the_store_has_parks_its_stream_there() -> None:
    town, pages = await confirmed("7", domain=failing_for("7")), MemoryFeedPages()
    await town.process.tell("order-7", CancelOrder())

    await feeds_of(town, pages).feed(encode_all(town.process.store.written[-1]))

    (marker,) = town.parking.markers()
    assert (marker.version, marker.last_seen) == (3, 4)
    assert everything(pages) == []


async def test_an_entry_that_no_page_holds_parks_its_stream_and_no_other() -> None:
    def enrich(stream: StreamName, event: Any, found: Any) -> Any:
        told = domain.enrichers[0].enrich(stream, event, found)
        return told.model_copy(update={"customer_id": "x" * (stream.id == "7") * LARGEST_PAGE})

    town, pages = await confirmed("7", "8", domain=with_enrich(enrich)), MemoryFeedPages()

    await feeds_of(town, pages).feed(town.bodies())

    (marker,) = town.parking.markers()
    assert (marker.stream, "NotificationTooLarge" in marker.error) == ("order-7", True)
    assert [event["subject"] for event in everything(pages)] == ["order-8"]


class Away(MemoryRows):
    """Rows that nobody can read now."""

    async def of_key(self, *_: object, **__: object) -> list[Row]:
        raise StoreUnavailable("not now")


async def test_the_rows_of_a_lookup_that_are_away_bring_the_batch_again() -> None:
    town, pages = await confirmed("7"), MemoryFeedPages()
    await town.process.tell("order-7", CancelOrder())

    town.rows = Away()
    feeds = feeds_of(town, pages)
    with pytest.raises(ExceptionGroup):
        await feeds.feed(encode_all(town.process.store.written[-1]))

    assert (everything(pages), town.parking.markers()) == ([], [])


async def test_what_nobody_can_read_in_the_store_parks_its_stream_there() -> None:
    subject = ToPages()
    bad = await subject.stored(BAD, 4, "")
    subject.trouble.blurred = {2}

    await subject.take([subject.body(bad[3])])

    (marker,) = subject.parked()
    assert (marker.stream, marker.version) == (str(BAD), 2)
    assert subject.order() == [1]


async def test_a_long_history_is_appended_part_by_part() -> None:
    subject = ToPages()
    bad = await subject.stored(BAD, PART + 2, "")

    await subject.take([subject.body(bad[-1])])

    assert subject.order() == list(range(1, PART + 3))
