"""What a flow holds: what is given, what follows from it, and what comes when time has passed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.kernel.messages.stream import StreamName
from tests.kernel.asking import at_noon
from tests.specs import seats
from tests.specs.by_roles import by_roles, whatever_fails
from tests.specs.seats import BillReminded, BookSeat, PaymentAsked, SeatBooked
from tests.specs.spec import BEFORE_REACTIONS, Flow, flow_story
from tests.specs.ways import history, replayed
from tests.specs.whole_flow import FAULTS

DUE = at_noon() + seats.TWO_DAYS
BOOKED = Flow(
    "A seat that is booked has to be paid for",
    given={},
    when=("seat-1", BookSeat()),
    then={"seat-1": [SeatBooked()], "bill-1": [PaymentAsked()]},
    shown={("bills", "1"): {"open": True, "reminders": 0}},
)
LATE = replace(
    BOOKED,
    then={
        "seat-1": [SeatBooked()],
        "bill-1": [
            PaymentAsked(),
            BillReminded(at=DUE),
            BillReminded(at=DUE + timedelta(hours=1)),
        ],
    },
    shown={("bills", "1"): {"reminders": 2}},
    late=True,
)


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_waits_only_because_of_a_reaction_is_late_as_well(fault: str | None) -> None:
    assert await by_roles(LATE, fault, history, seats.domain) == []


async def test_a_deadline_is_decided_when_it_is_due() -> None:
    later = at_noon() + timedelta(days=30)
    moved = replace(LATE, at=later)

    assert await by_roles(moved, None, history, seats.domain) != []
    assert await by_roles(_due_after(moved, later), None, history, seats.domain) == []


async def test_what_nothing_waits_for_is_not_late_before_the_reactions_hear_of_it() -> None:
    early = replace(BOOKED, late=BEFORE_REACTIONS)

    assert await by_roles(early, None, history, seats.domain) == []


async def test_what_is_given_has_had_its_effect() -> None:
    booked = replace(BOOKED, given={"seat-1": [SeatBooked()]}, when=("seat-2", BookSeat()))

    found = await by_roles(_of("2", booked), None, history, seats.domain)

    assert found == []


async def test_a_given_event_that_another_causes_is_told() -> None:
    doubled = replace(
        BOOKED,
        given={"seat-2": [SeatBooked()], "bill-2": [PaymentAsked()]},
    )

    found = await by_roles(doubled, None, history, seats.domain)

    assert found == [
        "`given` of bill-2: PaymentAsked() is there twice, because other given events cause it: leave it out"
    ]


async def test_a_command_that_is_forbidden_is_told_once() -> None:
    shut = replace(seats.seat, allow=lambda _actor, _command, _state: False)
    domain = replace(seats.domain, categories=(shut, seats.bill))

    assert await whatever_fails(BOOKED, history, domain) == [
        "`when` is forbidden: `by` names who asks, and `allow` of the category says no"
    ]


async def test_what_is_given_has_happened_at_the_time_of_the_flow() -> None:
    later = at_noon() + timedelta(days=30)
    given = replace(LATE, given={"seat-2": [SeatBooked()], "bill-3": [PaymentAsked()]}, at=later)
    reminders = [BillReminded] * 2

    found = await by_roles(
        replace(
            _due_after(given, later),
            then={
                **_due_after(given, later).then,
                "bill-2": reminders,
                "bill-3": reminders,
            },
        ),
        None,
        history,
        seats.domain,
    )

    assert found == []


async def test_a_view_with_two_keys_for_one_stream_is_told_though_nobody_shows_it() -> None:
    moving = replace(seats.bills, name="moving", key=lambda _stream, event: type(event).__name__)
    domain = replace(seats.domain, views=(seats.bills, moving))
    events = [PaymentAsked(), BillReminded(at=DUE)]
    sentence = (
        "projections park bill-1@2: BrokenStream: view 'moving': stream bill-1 has keys 'BillReminded' and"
        " 'PaymentAsked'; all events of a stream must give one key: key=stream.id and a filter instead"
    )

    flow = await by_roles(LATE, None, history, domain)
    spec = await replayed(domain, history(StreamName("bill", "1"), events))

    assert flow == [sentence]
    assert spec == [sentence]


def test_a_story_tells_what_passes() -> None:
    assert "    every deadline passes\n" in flow_story(LATE)
    early = replace(LATE, late=BEFORE_REACTIONS)
    assert f"    every deadline passes, {BEFORE_REACTIONS}\n" in flow_story(early)


def _due_after(flow: Flow, start: datetime) -> Flow:
    due = start + seats.TWO_DAYS
    reminded = [BillReminded(at=due), BillReminded(at=due + timedelta(hours=1))]
    return replace(flow, then={**flow.then, "bill-1": [PaymentAsked(), *reminded]})


def _of(id_: str, flow: Flow) -> Flow:
    return replace(
        flow,
        then={f"seat-{id_}": [SeatBooked()], f"bill-{id_}": [PaymentAsked()]},
        shown={("bills", "1"): {"open": True}, ("bills", id_): {"open": True}},
    )
