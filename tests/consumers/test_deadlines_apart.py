"""What one deadline meets keeps no other waiting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.memory import MemoryRows
from shared.kernel.errors import StoreUnavailable
from shared.kernel.reactions.deadline import Deadline
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey
from tests.consumers.library import Library
from tests.kernel.lending import Borrow, Borrowed, Remind, loans

DAY, LENT = timedelta(days=1), {"status": "lent"}
SOON = Deadline("soon", loans, LENT, Remind, at="until", before=2 * DAY)
LONG = Deadline("long", loans, LENT, Remind, since=Borrowed, after=30 * DAY)


@pytest.mark.parametrize("until", ["next week", 7, ["2026-12-07"]])
async def test_a_row_whose_time_is_none_is_parked_and_keeps_no_other_waiting(until: object) -> None:
    library = Library([SOON, LONG])
    await library.do(Borrow())
    (right,) = library.rows.all()
    # As an older version of the view has written it.
    wrong = Row(RowKey("loans", "alice", "book-alice"), 1, {**right.data, "until": until})
    await library.rows.write(wrong, None)

    assert await library.after(12) == 1

    (marker,) = library.parking.markers()
    assert (marker.consumer, marker.stream, marker.version) == ("deadlines", "book-alice", 1)
    assert await library.after(30) == 1


async def test_a_view_that_cannot_be_looked_through_keeps_no_other_waiting() -> None:
    class Away(MemoryRows):
        """The rows of one view are away."""

        async def page(self, listing: Listing) -> list[Row]:
            if listing.view == "away":
                raise StoreUnavailable("not now")
            return await super().page(listing)

    away = replace(LONG, name="away", view=replace(loans, name="away"))
    library = Library([SOON], rows=Away())
    library.deadlines = (away, SOON)
    await library.do(Borrow())

    with pytest.raises(BaseExceptionGroup, match="not every stream was looked at"):
        await library.after(12)

    assert len(library.told) == 1
