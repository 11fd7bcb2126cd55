"""Chains of pages: whatever is appended twice, by whomever, whoever dies on the way, is in a chain once."""

import asyncio
from collections.abc import Mapping

import pytest

from consumers.chain_writing import Chains
from emulators.tests.waiting import in_time
from shared.adapters.memory import MemoryFeedPages
from shared.kernel.errors import StoreRefused, StoreUnavailable
from shared.kernel.feeds.page import MOST_EVENTS, Page
from shared.kernel.ports import StoredPage
from tests.consumers.feeding import everything
from tests.kernel.feeding import entries, entry

CHAIN = "orders~1/0"


class Racing(MemoryFeedPages):
    """Pages to which somebody else appends between the read and the write of whoever is first."""

    def __init__(self, other: Chains) -> None:
        super().__init__()
        self.pages = other.feed_pages.pages  # type: ignore[attr-defined]
        self._reached = other.feed_pages._reached  # type: ignore[attr-defined]
        self.other: Chains | None = other

    async def write(self, page: Page, replacing: str | None) -> str | None:
        other, self.other = self.other, None
        if other is not None:
            await other.append(CHAIN, entries("order-7", 1, 2))
        return await super().write(page, replacing)


async def test_of_two_owners_who_append_at_once_the_second_appends_what_is_left() -> None:
    other = Chains(MemoryFeedPages())
    pages = Racing(other)

    await Chains(pages).append(CHAIN, entries("order-7", 1, 3))

    assert [event["id"] for event in everything(pages)] == [
        "order-7@1/0",
        "order-7@2/0",
        "order-7@3/0",
    ]


class Forgetful(MemoryFeedPages):
    """Pages whose writer dies before it notes what it has appended, so many times."""

    deaths = 1

    async def note(self, chain: str, reached: Mapping[str, int]) -> None:
        if self.deaths and reached:
            self.deaths -= 1
            raise StoreUnavailable("the host is gone")
        await super().note(chain, reached)


async def test_who_dies_behind_the_page_leaves_nothing_that_is_appended_twice() -> None:
    pages = Forgetful()
    with pytest.raises(StoreUnavailable):
        await Chains(pages).append(CHAIN, entries("order-7", 1, MOST_EVENTS))

    await Chains(pages).append(CHAIN, entries("order-7", 1, MOST_EVENTS + 1))

    assert [event["id"] for event in everything(pages)] == [
        f"order-7@{version}/0" for version in range(1, MOST_EVENTS + 2)
    ]


async def test_a_full_page_is_closed_and_never_written_again() -> None:
    pages = MemoryFeedPages()
    chains = Chains(pages)
    await chains.append(CHAIN, entries("order-7", 1, 150))
    first = pages.pages[CHAIN, 1]

    await chains.append(CHAIN, entries("order-7", 151, 230))

    assert (first.page.closed, len(first.page.events)) == (True, 100)
    assert pages.pages[CHAIN, 1] is first
    assert [len(pages.pages[CHAIN, number].page.events) for number in (1, 2, 3)] == [100, 100, 30]


async def test_a_page_that_is_full_to_the_brim_is_followed_by_another() -> None:
    pages = MemoryFeedPages()
    await Chains(pages).append(CHAIN, entries("order-7", 1, 100))
    await Chains(pages).append(CHAIN, entries("order-8", 1, 1))

    assert [len(stored.page.events) for stored in pages.pages.values()] == [100, 1]


class Particular(MemoryFeedPages):
    """Pages that will never take anything of one stream."""

    async def write(self, page: Page, replacing: str | None) -> str | None:
        if any(one.stream == "order-7" for one in page.entries):
            raise StoreRefused("nobody will ever store this")
        return await super().write(page, replacing)


async def test_what_the_store_will_never_take_is_blamed_and_ends_its_stream_alone() -> None:
    pages = Particular()
    given = [entry("order-6", 1), *entries("order-7", 1, 2), entry("order-8", 1)]

    (poison,) = await Chains(pages).append(CHAIN, given)

    assert (poison.stream, poison.version) == ("order-7", 1)
    assert [event["id"] for event in everything(pages)] == ["order-6@1/0", "order-8@1/0"]


async def test_many_owners_at_once_write_each_entry_once_in_the_order_of_its_stream() -> None:
    pages = MemoryFeedPages()
    given = [one for number in range(5) for one in entries(f"order-{number}", 1, 60)]

    await asyncio.gather(*(Chains(pages).append(CHAIN, given) for _ in range(4)))

    ids = [event["id"] for event in everything(pages)]
    assert len(ids) == len(set(ids)) == len(given)
    for number in range(5):
        of_stream = [id_ for id_ in ids if id_.startswith(f"order-{number}@")]
        assert of_stream == [f"order-{number}@{version}/0" for version in range(1, 61)]


async def test_who_has_not_written_for_long_finds_the_pages_that_others_have_begun() -> None:
    pages = MemoryFeedPages()
    early = Chains(pages)
    await early.append(CHAIN, entries("order-7", 1, 10))
    await Chains(pages).append(CHAIN, entries("order-7", 11, 250))

    await early.append(CHAIN, entries("order-7", 250, 251))

    assert [event["id"] for event in everything(pages)][-2:] == ["order-7@250/0", "order-7@251/0"]
    assert max(number for _, number in pages.pages) == 3


class Distant(MemoryFeedPages):
    """Pages that others have a turn before they are there."""

    async def read(
        self, chain: str, number: int, known: StoredPage | None = None
    ) -> StoredPage | None:
        await asyncio.sleep(0)
        return await super().read(chain, number, known)


async def test_whoever_remembers_a_page_that_a_restored_store_lacks_goes_on_at_the_end_it_has() -> (
    None
):
    pages = Distant()
    chains = Chains(pages)
    await chains.append(CHAIN, entries("order-7", 1, MOST_EVENTS + 1))
    del pages.pages[CHAIN, 2]

    async with in_time():
        await chains.append(CHAIN, entries("order-8", 1, 1))

    assert [event["id"] for event in everything(pages)[MOST_EVENTS:]] == ["order-8@1/0"]
