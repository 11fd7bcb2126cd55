"""Schedules of timers as the host reads them: which it takes, and when they are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from emulators.host.errors import ConfigurationError
from emulators.host.schedule import Every, parse_schedule

NOW = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
"""A Monday."""


def due(text: str, now: datetime = NOW, zone: str = "UTC") -> str:
    found = parse_schedule("f", text).after(now, ZoneInfo(zone))
    return found.isoformat() if found else "never"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("* * * * * *", "2026-11-30T12:00:01+00:00"),
        ("0 0 12 * * *", "2026-12-01T12:00:00+00:00"),
        ("30 */5 * * * *", "2026-11-30T12:00:30+00:00"),
        ("*/5 * * * *", "2026-11-30T12:05:00+00:00"),
        ("0 0 9 1 * 1", "2027-02-01T09:00:00+00:00"),
        ("0 0 9 * * Monday", "2026-12-07T09:00:00+00:00"),
        ("0 0 9 * * tue", "2026-12-01T09:00:00+00:00"),
        ("0 0 9 * * 5-1", "2026-12-01T09:00:00+00:00"),
        ("0 0 9 1 jan *", "2027-01-01T09:00:00+00:00"),
        ("0 */0 * * * *", "2026-11-30T12:01:00+00:00"),
        ("0 10-40/15 * * * *", "2026-11-30T12:10:00+00:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00+00:00"),
        ("0 0 0 31 2 *", "never"),
        ("00:00:30", "2026-11-30T12:00:30+00:00"),
        ("24:00:00", "2026-12-24T12:00:00+00:00"),
        ("1.02:00:00", "2026-12-01T14:00:00+00:00"),
    ],
)
def test_a_schedule_is_due(text: str, when: str) -> None:
    assert due(text) == when


@pytest.mark.parametrize(
    "text",
    ["0 0 9 * * 7", "0 0 9 L * *", "0 0 9 * * MON#2", "* * * *", "0 60 * * * *", "every now", ""],
)
def test_a_schedule_that_the_host_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="function 'f'"):
        parse_schedule("f", text)


def test_hours_are_those_of_the_zone_and_one_that_is_left_out_comes_an_hour_later() -> None:
    before = datetime(2027, 3, 27, 23, 0, tzinfo=UTC)
    found = parse_schedule("f", "0 30 2 * * *").after(before, ZoneInfo("Europe/Berlin"))

    assert due("0 0 9 * * *", zone="Europe/Berlin") == "2026-12-01T09:00:00+01:00"
    assert found is not None
    assert found.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_span_below_a_minute_is_short() -> None:
    assert Every(timedelta(seconds=59)).is_shorter_than_a_minute()
    assert not parse_schedule("f", "0 * * * * *").is_shorter_than_a_minute()
    assert parse_schedule("f", "0,30 * * * * *").is_shorter_than_a_minute()
