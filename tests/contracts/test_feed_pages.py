"""What every keeper of the pages of feeds promises."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from emulators.tests.serving import Services
from shared.adapters.cosmos.feed_pages import CosmosFeedPages
from shared.adapters.memory import MemoryFeedPages
from shared.adapters.size_limits import LARGEST_PAGE, LARGEST_WRITE
from shared.kernel.errors import StoreRefused
from shared.kernel.feeds.page import Page, appended
from shared.kernel.ports import FeedPages, StoredPage
from tests.adapters.emulators import fresh_container
from tests.contracts.conftest import BOTH
from tests.kernel.feeding import entries

CHAIN = "orders~1/0"
PAGE, _ = appended(Page(CHAIN, 1), entries("order-7", 1, 2), LARGEST_PAGE)


@pytest.fixture(params=BOTH)
async def feed_pages(
    request: pytest.FixtureRequest, services: Services
) -> AsyncIterator[FeedPages]:
    if request.param == "memory":
        yield MemoryFeedPages()
        return
    async with fresh_container(services, like="feeds") as container:
        yield CosmosFeedPages(container)


async def test_a_chain_begins_without_a_page(feed_pages: FeedPages) -> None:
    assert await feed_pages.last(CHAIN) == 0
    assert await feed_pages.read(CHAIN, 1) is None


async def test_a_page_comes_back_as_it_was(feed_pages: FeedPages) -> None:
    tag = await feed_pages.write(PAGE, None)

    stored = await feed_pages.read(CHAIN, 1)

    assert stored is not None
    assert (stored.page, stored.tag) == (PAGE, tag)


async def test_a_page_that_is_known_is_given_back_until_somebody_writes_it(
    feed_pages: FeedPages,
) -> None:
    tag = await feed_pages.write(PAGE, None)
    known = await feed_pages.read(CHAIN, 1)

    assert known is not None
    assert await feed_pages.read(CHAIN, 1, known) is known
    more, _ = appended(PAGE, entries("order-8", 1, 1), feed_pages.largest)
    await feed_pages.write(more, tag)
    stored = await feed_pages.read(CHAIN, 1, known)
    assert stored is not None
    assert (stored.page, stored.tag != tag) == (more, True)


async def test_a_page_that_was_not_there_yet_is_found_when_it_is(feed_pages: FeedPages) -> None:
    unwritten = StoredPage(Page(CHAIN, 1), None)

    assert await feed_pages.read(CHAIN, 1, unwritten) is None
    await feed_pages.write(PAGE, None)
    stored = await feed_pages.read(CHAIN, 1, unwritten)
    assert stored is not None
    assert stored.page == PAGE


async def test_a_page_is_created_once(feed_pages: FeedPages) -> None:
    await feed_pages.write(PAGE, None)

    assert await feed_pages.write(Page(CHAIN, 1), None) is None
    stored = await feed_pages.read(CHAIN, 1)
    assert stored is not None
    assert stored.page == PAGE


async def test_a_page_is_written_over_by_who_has_seen_it_last(feed_pages: FeedPages) -> None:
    first = await feed_pages.write(PAGE, None)
    more, _ = appended(PAGE, entries("order-8", 1, 1), feed_pages.largest)

    second = await feed_pages.write(more, first)

    assert second not in {None, first}
    assert await feed_pages.write(PAGE, first) is None
    stored = await feed_pages.read(CHAIN, 1)
    assert stored is not None
    assert (stored.page, stored.tag) == (more, second)


async def test_the_last_page_is_that_of_its_chain(feed_pages: FeedPages) -> None:
    for number in (9, 10, 11):
        await feed_pages.write(replace(PAGE, number=number), None)
    await feed_pages.write(replace(PAGE, chain="orders~1/1", number=20), None)
    await feed_pages.write(replace(PAGE, chain="orders~2/0", number=30), None)

    assert await feed_pages.last(CHAIN) == 11


async def test_streams_are_noted_for_each_chain(feed_pages: FeedPages) -> None:
    await feed_pages.note(CHAIN, {"order-7": 3, "order-8": 1})
    await feed_pages.note("orders~2/0", {"order-9": 1})
    await feed_pages.note(CHAIN, {})

    assert await feed_pages.reached(CHAIN, {"order-7", "order-9"}) == {"order-7": 3}


async def test_a_note_never_goes_back(feed_pages: FeedPages) -> None:
    await feed_pages.note(CHAIN, {"order-7": 3, "order-8": 1})

    await feed_pages.note(CHAIN, {"order-7": 2, "order-8": 4, "order-9": 1})

    known = await feed_pages.reached(CHAIN, ["order-7", "order-8", "order-9"])
    assert known == {"order-7": 3, "order-8": 4, "order-9": 1}


async def test_all_streams_of_a_full_page_are_noted_at_once(feed_pages: FeedPages) -> None:
    noted = {f"order-{number}": number + 1 for number in range(100)}

    await feed_pages.note(CHAIN, noted)

    assert await feed_pages.reached(CHAIN, noted.keys()) == noted


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_page_that_no_item_can_hold_is_refused_for_good(feed_pages: FeedPages) -> None:
    (one,) = entries("order-7", 1, 1)
    large = replace(one, events=[{"data": "x" * (LARGEST_WRITE + 100_000)}])

    with pytest.raises(StoreRefused):
        await feed_pages.write(replace(PAGE, entries=(large,)), None)
