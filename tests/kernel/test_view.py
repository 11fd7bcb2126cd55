"""A row sees every event of its stream once, in order, whatever comes twice, late or not at all."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.shop.item.events import (
    ItemRegistered,
    ReorderPointChanged,
    ReservationReleased,
    ReservationShipped,
    StockAdjusted,
    StockReceived,
    StockReserved,
)
from shared.domain.shop.views.stock import stock
from shared.kernel.commands.category import record
from shared.kernel.errors import Poison
from shared.kernel.messages.envelope import envelopes
from shared.kernel.messages.message import Event
from shared.kernel.messages.stream import StreamName
from shared.kernel.views.folding import Gap, advance, keyed
from shared.kernel.views.view import Row, RowKey, empty_row
from tests.kernel.worlds import commit, received

AT = RowKey("stock", "teapot", "item-teapot")
STORY = [
    ItemRegistered(name="Teapot", reorder_point=2),
    StockReceived(quantity=10),
    StockReserved(reservation_id="r1", quantity=3),
    StockReserved(reservation_id="r2", quantity=4),
    ReservationReleased(reservation_id="r1", quantity=3),
    ReservationShipped(reservation_id="r2", quantity=4),
    StockAdjusted(quantity=-1, reason="broken"),
    ReorderPointChanged(reorder_point=3),
]
HISTORY = [e for n, event in enumerate(STORY, 1) for e in envelopes(commit(n, record(event)))]
EVENTS: dict[int, Event] = dict(enumerate(STORY, 1))


def some(begin: int, end: int = 8) -> dict[int, Event]:
    return {version: EVENTS[version] for version in range(begin, end + 1)}


def advanced(row: Row, arrived: dict[int, Event]) -> Row:
    found = advance(stock, row, arrived)
    assert isinstance(found, Row)
    return found


def test_a_row_counts_what_the_events_say() -> None:
    row = advanced(empty_row(stock, AT), EVENTS)

    assert row.version == 8
    assert row.data == {
        "name": "Teapot",
        "reorderPoint": 3,
        "received": 10,
        "adjusted": -1,
        "available": 5,
        "reserved": 0,
        "shipped": 4,
        "discontinued": False,
    }


def test_what_comes_twice_or_late_changes_nothing() -> None:
    row = advanced(empty_row(stock, AT), EVENTS)

    assert advance(stock, row, EVENTS) is row
    assert advance(stock, row, some(3, 5)) is row


def test_what_is_missing_is_a_gap_after_the_last_version_seen() -> None:
    row = advanced(empty_row(stock, AT), some(1, 3))

    assert advance(stock, row, some(6)) == Gap(version=3)


@given(cuts=st.lists(st.integers(0, 8), max_size=6), seed=st.integers(0, 1000))
def test_however_a_history_is_cut_and_repeated_the_row_is_the_same(
    cuts: list[int], seed: int
) -> None:
    chance = random.Random(seed)
    row = empty_row(stock, AT)
    for cut in [*cuts, 8]:
        begin = chance.randint(0, min(cut, row.version))
        row = advanced(row, some(begin + 1, cut))

    assert row == advanced(empty_row(stock, AT), EVENTS)


def test_events_are_grouped_by_the_row_that_they_touch() -> None:
    cup = list(envelopes(commit(1, received(5), stream=StreamName("item", "cup"))))

    grouped = keyed(stock, [*reversed(HISTORY), *cup])

    assert grouped == {
        AT: EVENTS,
        RowKey("stock", "cup", "item-cup"): {1: StockReceived(quantity=5)},
    }


def test_events_of_other_categories_do_not_concern_a_view() -> None:
    other = list(envelopes(commit(1, received(5), stream=StreamName("order", "1"))))

    assert keyed(stock, other) == {}


@pytest.mark.parametrize("versions", [[1, 2], [2]])
def test_a_row_does_not_hold_a_number_that_the_store_would_change(versions: list[int]) -> None:
    half = StockReceived(quantity=2**52)
    row = advanced(empty_row(stock, AT), {1: half}) if versions == [2] else empty_row(stock, AT)
    gone = dict.fromkeys(versions, half) | {3: StockAdjusted(quantity=-(2**52), reason="")}

    with pytest.raises(Poison, match="item-teapot@2: NumberTooLarge: received: an integer"):
        advance(stock, row, gone)


def test_a_row_of_another_shape_is_refused() -> None:
    with pytest.raises(Poison, match="item-teapot@2"):
        advance(stock, Row(AT, 1, {"colour": "red"}), some(2))
