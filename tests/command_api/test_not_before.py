"""The header Not-Before: HTTP-dates (RFC 9110, section 5.6.7), date-times (RFC 3339), and leap seconds."""

import pytest

from tests.command_api.calls import told
from tests.command_api.scheduling import Library


@pytest.mark.parametrize(
    "given",
    [
        "Tue, 24 Nov 2026 12:00:00 GMT",
        "Tuesday, 24-Nov-26 12:00:00 GMT",
        "Tue Nov 24 12:00:00 2026",
        "2026-11-24T13:00:00+01:00",
        "2026-11-24t12:00:00.000z",
        " 2026-11-24T12:00:00Z ",
        "2026-11-24T12:00:00.0000000000001Z",
        "2026-11-24T12:00:00-00:00",
        "2026-11-24T00:30:00-11:30",
    ],
)
async def test_a_time_is_an_http_date_or_a_date_time_with_its_offset(given: str) -> None:
    assert told(await Library().asks(given))["notBefore"] == "2026-11-24T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000000Z"),
        ("2026-12-31t23:59:60.999z", "2027-01-01T00:00:00.000000Z"),
        ("2026-12-31T15:59:60-08:00", "2027-01-01T00:00:00.000000Z"),
        ("2027-07-01T01:59:60+02:00", "2027-07-01T00:00:00.000000Z"),
        ("Thu, 31 Dec 2026 23:59:60 GMT", "2027-01-01T00:00:00.000000Z"),
        ("Thu Dec 31 23:59:60 2026", "2027-01-01T00:00:00.000000Z"),
    ],
)
async def test_a_leap_second_ends_with_its_day(given: str, until: str) -> None:
    assert told(await Library().asks(given))["notBefore"] == until


@pytest.mark.parametrize(
    "given",
    [
        *("2026-12-30T23:59:60Z", "2026-12-31T22:59:60Z", "2026-12-31T23:59:60+01:00"),
        *("2026-12-31T23:59:61Z", "9999-12-31T23:59:60Z", "2026-12-31T23:60:60Z"),
        *("Wed, 30 Dec 2026 23:59:60 GMT", "2026-12-31T23:59:60"),
        *("tomorrow", "", "2026-11-24", "2026-11-24T12:00:00", "24 Nov 2026", "120", "é"),
        *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "10000-01-01T00:00:00Z"),
        *("2026-13-24T12:00:00Z", "2026-11-24T25:00:00Z", "Tue, 24 Nov 2026 12:00:00 CET"),
        *("Tue, 31 Nov 2026 12:00:00 GMT", "20261124T120000Z", "2026-11-24T12:00:00 Z"),
    ],
)
async def test_what_is_no_time_is_told_so(given: str) -> None:
    library = Library()

    answer = await library.asks(given)

    assert (answer.status_code, told(answer)["errors"][0]["pointer"]) == (400, "Not-Before")
    assert library.rows.all() == []
