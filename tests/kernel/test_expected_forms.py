"""What has the form of a value, and is none, is told by the same sentence as what has another form."""

from datetime import date, datetime, time

import pytest
from pydantic import ValidationError

from shared.kernel.messages.json_reading import read_text
from shared.kernel.messages.message import Message
from shared.kernel.validation_faults import faults


class Times(Message):
    day: date | None = None
    moment: datetime | None = None
    opens: time | None = None


@pytest.mark.parametrize(
    ("member", "value", "sentence"),
    [
        ("day", "2026-13-01", "A day such as 2026-11-23 is expected."),
        ("day", "2026-02-30", "A day such as 2026-11-23 is expected."),
        (
            *("moment", "2026-11-23T25:00:00Z"),
            "A moment with its offset such as 2026-11-23T12:00:00Z is expected.",
        ),
        ("opens", "09:61:00", "A time of day such as 09:30:00 is expected."),
    ],
)
def test_what_is_expected_is_told(member: str, value: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as raised:
        read_text(Times, f'{{"{member}": "{value}"}}'.encode())

    assert faults(raised.value) == [(f"/{member}", sentence)]
