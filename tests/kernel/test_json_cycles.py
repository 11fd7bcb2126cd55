"""Types that hold one another have the same forms in JSON as all others."""

from datetime import date

import pytest
from pydantic_core import to_jsonable_python

from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.json_reading import read
from shared.kernel.messages.message import Message


class Left(Message):
    """Holds what holds it."""

    right: "Right | None" = None


class Right(Message):
    """Holds what holds it, too."""

    day: date
    left: Left | None = None


def test_types_that_hold_one_another_have_the_same_forms() -> None:
    left = Left(right=Right(day=date(2026, 1, 2), left=Left()))

    assert read(Left, to_jsonable_python(left)) == left
    with pytest.raises(InvalidMessage, match="/right/day json_form"):
        read(Left, {"right": {"day": 0}})
