"""Deadlines at a time that a row names, or after an event of a kind: once or again, while it waits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consumers.deadlines import BACK
from shared.kernel.commands.dispatcher import dispatcher
from shared.kernel.messages.derived_id import is_fact
from shared.kernel.messages.message import Event
from shared.kernel.reactions.causes import Causes, drawn
from shared.kernel.reactions.deadline import Deadline
from tests.consumers.library import Library
from tests.consumers.worlds import held
from tests.kernel.asking import at_noon, no_pause
from tests.kernel.lending import AddNote, Borrow, Borrowed, GiveBack, Remind, Renew, loans

DAY = timedelta(days=1)
LENT = {"status": "lent"}
SOON = Deadline("soon", loans, LENT, Remind, at="until", before=2 * DAY)
DAILY = Deadline("daily", loans, LENT, Remind, at="until", every=DAY, times=3)
LONG = Deadline("long", loans, LENT, Remind, since=Borrowed, after=30 * DAY)


async def test_who_has_a_book_is_told_before_the_time_that_its_row_names() -> None:
    library = Library([SOON])
    await library.do(Borrow())

    assert await library.after(11.99) == 0
    assert await library.after(12) == 1
    assert [await library.after(13), await library.after(99)] == [0, 0]
    (told,) = library.told
    assert told.metadata.actor == "reaction soon"
    assert told.metadata.causation_id == "book-emma@1"
    assert told.events[0].data["at"].startswith("2026-12-05T12:00:00")


async def test_a_time_that_is_put_off_is_another_one() -> None:
    library = Library([SOON])
    await library.do(Borrow())
    assert await library.after(12) == 1
    await library.do(Renew())

    # Renewed at the twelfth day: until the 26th.
    assert [await library.after(day) for day in (13, 23, 24, 25)] == [0, 0, 1, 0]
    assert len({one.command_id for one in library.told}) == 2
    assert all(is_fact(one.command_id) for one in library.told)


async def test_reminders_since_an_event_come_so_often_too() -> None:
    library = Library([replace(LONG, every=DAY, times=2)])
    await library.do(Borrow())

    assert [await library.after(day) for day in (29, 30, 30.5, 31, 32)] == [0, 1, 0, 1, 0]
    assert {one.metadata.causation_id for one in library.told} == {"book-emma@1"}


async def test_what_a_deadline_has_caused_does_not_set_its_own_clock_back() -> None:
    library = Library([replace(LONG, since=Event, every=DAY, times=2)])
    await library.do(Borrow())

    days = (29, 30, 30.5, 31, 32, 60, 61, 99)
    assert [await library.after(day) for day in days] == [0, 1, 0, 1, 0, 0, 0, 0]
    await library.do(AddNote())
    # Anything else does.
    assert [await library.after(day) for day in (128, 129, 130)] == [0, 1, 1]


@pytest.mark.parametrize("deadline", [SOON, DAILY, replace(LONG, after=DAY)])
async def test_who_has_given_it_back_is_not_told_though_no_row_shows_it_yet(
    deadline: Deadline,
) -> None:
    library = Library([deadline])
    await library.do(Borrow())
    await library.unseen(GiveBack())

    (row,) = library.rows.all()
    assert row.data["status"] == "lent"
    # Not even the decider is asked.
    assert deadline.request(row, library.store.written, at_noon() + 99 * DAY) is None
    assert await library.after(99) == 0
    await library.seen()
    assert await library.after(100) == 0
    assert library.told == []


async def test_who_has_kept_it_for_longer_is_not_told_though_no_row_shows_it_yet() -> None:
    library = Library([DAILY])
    await library.do(Borrow())
    library.moment += 13 * DAY
    await library.unseen(Renew())

    assert await library.after(15, at_once=False) == 0
    assert await library.after(27) == 1


async def test_reminders_come_so_often_each_under_an_id_of_its_own() -> None:
    library = Library([DAILY])
    await library.do(Borrow())

    days = (13.9, 14, 14.5, 15, 15.1, 16, 17, 99)
    assert [await library.after(day) for day in days] == [0, 1, 0, 1, 0, 1, 0, 0]
    assert len({one.command_id for one in library.told}) == 3
    row = library.rows.all()[0]
    assert row.data["reminders"] == 3


async def test_reminders_end_when_the_book_is_back_and_what_was_missed_is_not_made_up_for() -> None:
    library = Library([DAILY])
    await library.do(Borrow())

    assert await library.after(16.5) == 1
    assert await library.after(16.6) == 0
    await library.do(GiveBack(), Borrow(), by="ann")
    # It is lent anew, until the 30.6th day.
    assert [await library.after(day) for day in (17, 30, 30.7)] == [0, 0, 1]
    await library.do(GiveBack())
    assert await library.after(31.7) == 0


async def test_a_note_does_not_set_back_the_clock_and_another_loan_does() -> None:
    library = Library([LONG])
    await library.do(Borrow())
    library.moment += 29 * DAY
    await library.do(AddNote(), Renew())

    assert await library.after(29.9) == 0
    assert await library.after(30) == 1
    assert await library.after(31) == 0
    (told,) = library.told
    assert told.metadata.causation_id == "book-emma@1"
    assert not is_fact(told.command_id)
    await library.do(GiveBack(), Borrow())
    assert [await library.after(day) for day in (60.9, 61)] == [0, 1]
    assert library.told[-1].metadata.causation_id == "book-emma@5"


async def test_the_event_may_be_far_back_and_of_any_of_several_kinds() -> None:
    library = Library([LONG, replace(LONG, name="quiet", since=Event, after=10 * DAY)])
    await library.do(Borrow(), *[AddNote()] * (2 * BACK))
    library.moment += 25 * DAY
    await library.do(AddNote())

    # Something has happened at the 25th day: it is not quiet, and it is long ago that it was lent.
    assert await library.after(30) == 1
    assert library.told[0].metadata.actor == "reaction long"
    # And now that is what has happened last.
    assert [await library.after(day) for day in (39, 40)] == [0, 1]


async def test_two_hosts_that_look_at_different_tails_tell_it_once() -> None:
    library = Library([SOON])
    await library.do(Borrow())
    library.moment = at_noon() + 12 * DAY
    here = library.looking
    await library.unseen(AddNote())
    there = replace(
        library.looking,
        dispatcher=dispatcher(library.domain, library.store, lambda: library.moment, no_pause),
    )
    request = SOON.request(library.rows.all()[0], library.store.written[:1], library.moment)
    assert request is not None

    assert await there.run() == 1
    # Who saw an older tail asks for the same, and is answered with what is stored.
    outcome: Any = await here.dispatcher.dispatch(request)
    assert outcome.repeated
    assert await here.run() == 0
    assert len(library.told) == 1


async def test_a_book_that_is_there_has_no_time() -> None:
    library = Library([replace(SOON, waiting={})])
    await library.do(Borrow(), GiveBack())

    assert await library.after(99) == 0


async def test_a_stream_that_was_parked_is_looked_at_from_its_beginning() -> None:
    library = Library([SOON, LONG])
    await library.do(Borrow())
    library.moment = at_noon() + 12 * DAY

    assert await library.looking.replay(held("book-emma", 1)) == 1
    assert await library.looking.replay(held("book-none", 1)) == 1
    assert [one.metadata.actor for one in library.told] == ["reaction soon"]


TREE = """\
a command → book-emma@1: Borrowed
   Remind → book-emma@2: Reminded
      Remind → book-emma@3: Reminded
"""


async def test_causes_tell_what_the_deadlines_have_told() -> None:
    library = Library([DAILY])
    await library.do(Borrow())
    assert [await library.after(day) for day in (14, 15)] == [1, 1]
    first = library.store.written[0]

    for commit in library.store.written:
        causes = Causes(library.domain, library.store)
        assert await causes.root(commit) == first
        assert drawn(await causes.of(first), complete=causes.complete) == TREE


async def test_a_time_at_the_end_of_all_years_stops_no_other() -> None:
    library = Library([SOON, replace(LONG, after=timedelta.max), replace(LONG, name="other")])
    await library.do(Borrow())
    (row,) = library.rows.all()
    stored = await library.rows.read(row.at)
    assert stored is not None
    first = replace(row, data={**row.data, "until": "0001-01-01T00:00:00.000000Z"})
    assert await library.rows.write(first, stored.tag)

    # Two days before the first day there is no day: its time has come.
    assert SOON.may_be_due(first, library.moment)
    assert [await library.after(day, at_once=False) for day in (1, 31)] == [1, 1]
    assert await library.parking.parked("deadlines") == []
