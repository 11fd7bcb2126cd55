"""The types that are texts in JSON: for each value one text, read strictly and without loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from shared.kernel.messages.commit import timestamp

DIGITS = 40
"""A decimal has at most so many digits before its point, and as many behind it."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """The form of a type that is a text in JSON; `then` checks or mends a value, however it was made.

    `overflow` says what is wrong with a text whose value is more than Python holds.
    """

    pattern: str
    format: str
    sentence: str
    write: Callable[[Any], str]
    only: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[Any], Any] | None = None
    overflow: str = ""

    @property
    def json_schema(self) -> dict[str, str]:
        """How OpenAPI describes the text."""
        return {"type": "string", "format": self.format, "pattern": self.pattern}


def decimal_text(number: Decimal) -> str:
    """Write a decimal without an exponent and without zeros at its end: equal numbers have one form."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text == "-0" else text


def duration_text(duration: timedelta) -> str:
    """Write a duration in days and seconds (ISO 8601): years and months have no fixed length."""
    sign, length = ("-", -duration) if duration < timedelta() else ("", duration)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    rest = f"T{length.seconds}{fraction}S" if length.seconds or fraction else ""
    days = f"{length.days}D" if length.days else ""
    return f"{sign}P{days}{rest}" if days or rest else "PT0S"


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment lies between the years 1 and 9999") from None


def _within_digits(number: Decimal) -> Decimal:
    _, digits, exponent = number.as_tuple()
    # Infinity and what is no number have letters for an exponent.
    if isinstance(exponent, str) or exponent < -DIGITS or len(digits) + exponent > DIGITS:
        raise ValueError(f"a decimal has at most {DIGITS} digits before its point and behind it")
    return number


_CLOCK = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
FORMS: Mapping[str, TextForm] = {
    "date": TextForm(
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "date", "A day such as 2026-11-23", date.isoformat
    ),
    "datetime": TextForm(
        rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}(\.[0-9]+)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})$",
        "date-time",
        "A moment with its offset such as 2026-11-23T12:00:00Z",
        timestamp,
        {"tz_constraint": "aware"},
        _in_utc,
    ),
    "time": TextForm(
        rf"^{_CLOCK}(\.[0-9]{{1,6}})?$",
        "partial-time",
        "A time of day such as 09:30:00",
        time.isoformat,
        {"tz_constraint": "naive"},
    ),
    "timedelta": TextForm(
        r"^-?P([0-9]{1,9}D)?(T([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,6})?S)?)?$",
        "duration",
        "A duration in days, hours, minutes, seconds such as P1DT2H",
        duration_text,
        overflow="a duration has at most 999999999 days",
    ),
    "decimal": TextForm(
        rf"^-?[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DIGITS}}})?$",
        "decimal",
        "A decimal as a text such as '12.50'",
        decimal_text,
        then=_within_digits,
    ),
    "uuid": TextForm(
        "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        "uuid",
        "A UUID such as 0b9a1f6e-6d3c-4f0e-8c1d-2f3a4b5c6d7e",
        str,
    ),
}
"""By the name that pydantic gives a schema of the type."""
