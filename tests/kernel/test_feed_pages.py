"""What fits on a page of a feed, when it is full, and what is appended only once."""

from functools import partial

from shared.kernel.feeds.page import MOST_EVENTS, Page, unseen
from shared.kernel.feeds.page import appended as appended_within
from tests.kernel.feeding import entries, entry

LARGEST = 1_000_000
appended = partial(appended_within, largest=LARGEST)
FIRST = Page("orders~1/0", 1)


def test_a_page_takes_what_fits_and_stays_open() -> None:
    page, left = appended(FIRST, entries("order-7", 1, 3))

    assert [event["id"] for event in page.events] == [
        "order-7@1/0",
        "order-7@2/0",
        "order-7@3/0",
    ]
    assert (page.closed, left) == (False, [])


def test_a_page_that_is_full_is_closed_at_once() -> None:
    page, left = appended(FIRST, entries("order-7", 1, MOST_EVENTS))

    assert (len(page.events), page.closed, left) == (MOST_EVENTS, True, [])


def test_what_a_page_has_no_room_for_is_left_and_the_page_closed() -> None:
    page, left = appended(FIRST, entries("order-7", 1, MOST_EVENTS + 2))

    assert (len(page.events), page.closed) == (MOST_EVENTS, True)
    assert [one.version for one in left] == [MOST_EVENTS + 1, MOST_EVENTS + 2]


def test_a_page_holds_no_more_bytes_than_are_allowed() -> None:
    half = LARGEST // 2
    page, left = appended(FIRST, [entry("order-7", n, size=half) for n in (1, 2, 3)])

    assert ([one.version for one in page.entries], page.closed) == ([1, 2], True)
    assert [one.version for one in left] == [3]


def test_what_one_event_gives_is_on_one_page() -> None:
    page, _ = appended(FIRST, entries("order-7", 1, MOST_EVENTS - 1))

    full, left = appended(page, [entry("order-8", 1, events=2)])

    assert (len(full.events), full.closed) == (MOST_EVENTS - 1, True)
    assert [one.stream for one in left] == ["order-8"]


def test_an_empty_page_takes_what_would_fit_on_no_other() -> None:
    page, left = appended(FIRST, [entry("order-7", 1, size=2 * LARGEST)])

    assert (len(page.events), left) == (1, [])


def test_only_what_was_appended_last_may_not_be_noted() -> None:
    page, _ = appended(FIRST, [*entries("order-7", 1, 2), entry("order-8", 1)])
    later, _ = appended(page, entries("order-7", 3, 4))

    assert page.unnoted == {"order-7": 2, "order-8": 1}
    assert later.unnoted == {"order-7": 4}


def test_what_is_in_the_chain_or_comes_twice_is_left_out() -> None:
    given = [*entries("order-7", 1, 3), *entries("order-8", 1, 1), *entries("order-7", 2, 4)]

    left = unseen(given, {"order-7": 1})

    assert [(one.stream, one.version) for one in left] == [
        ("order-7", 2),
        ("order-7", 3),
        ("order-8", 1),
        ("order-7", 4),
    ]
