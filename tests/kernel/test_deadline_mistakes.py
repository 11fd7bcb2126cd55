"""A deadline whose time makes no sense is told so at start, by its name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.messages.message import Event
from tests.kernel.doors import DOOR, LATE, ROWS, Closed, Opened, of, told

DAY = timedelta(days=1)
AT = replace(LATE, since=None, after=timedelta(), at="onDay")
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "neither": ({"at": ""}, "needs either"),
    "both": ({"since": Opened}, "needs either"),
    "after a field": ({"after": DAY}, "`after` goes with `since`"),
    "before an event": ({"at": "", "since": Opened, "before": DAY}, "`before` with `at`"),
    "of another category": (
        {"at": "", "since": Closed},
        "waits since Closed, which never comes to the view 'doors': it folds Opened",
    ),
    "no such field": ({"at": "due"}, "goes by 'due', which is no day or moment: maybe, onDay"),
    "a text": ({"at": "text"}, "goes by 'text', which is no day or moment: maybe, onDay"),
    "every without times": ({"every": DAY}, "`times` how many times in all"),
    "times without every": ({"times": 3}, "`times` how many times in all"),
    "never": ({"every": DAY, "times": 0}, "`times` how many times in all"),
    "less than never": ({"every": DAY, "times": -3}, "`times` how many times in all"),
    "every moment": ({"every": timedelta(), "times": 3}, "give it more time"),
}


def test_a_deadline_at_a_day_is_none() -> None:
    assert of(DOOR, ROWS, deadlines=(AT, replace(LATE, name="other"))).deadlines[0] is AT


def test_a_deadline_waits_since_any_event_of_a_base() -> None:
    since = replace(LATE, since=Event)

    assert of(DOOR, ROWS, deadlines=(since,)).deadlines == (since,)


def test_a_deadline_may_send_what_clients_send_too() -> None:
    assert LATE.command in DOOR.commands
    assert of(DOOR, ROWS, deadlines=(LATE,)).deadlines == (LATE,)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_deadline_that_makes_no_sense_is_told_by_its_name(wrong: str) -> None:
    changes, sentence = WRONG[wrong]

    (fault,) = told(lambda: of(DOOR, ROWS, deadlines=(replace(AT, **changes),)))

    assert fault.startswith("deadline 'late'")
    assert sentence in fault
