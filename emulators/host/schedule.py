"""When a timer is due: NCRONTAB with five or six fields, as the host reads it, or a span of time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from emulators.host.errors import ConfigurationError

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_FIELDS: Final = (
    (0, 59, ()),
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_SHORT: Final = 3
"""So many letters of a month or day are enough."""
_PART: Final = re.compile(r"(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:/(\d+))?")
_SPAN: Final = re.compile(r"(?:(\d+)[.:])?(\d+):(\d+):(\d+)")
_HOURS: Final = 24
_HORIZON: Final = 366 * 50
"""Days that are looked through: a 29th of February that is a Monday comes within them."""


@dataclass(frozen=True, slots=True)
class Cron:
    """The values of each field, from seconds to days of the week; all of them must fit."""

    fields: tuple[frozenset[int], ...]

    def after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Return the next moment; None if none comes.

        Of an hour that a change of clocks leaves out, the moments come an hour later.
        """
        wall = moment.astimezone(zone).replace(tzinfo=None, microsecond=0) + timedelta(seconds=1)
        for days in range(_HORIZON):
            day = (wall + timedelta(days=days)).date()
            if self._is_on(day.day, day.month, day.isoweekday() % 7):
                first = wall if days == 0 else datetime.combine(day, datetime.min.time())
                if found := self._from(first):
                    return found.replace(tzinfo=zone)
        return None

    def is_shorter_than_a_minute(self) -> bool:
        """Tell whether two moments may be less than a minute apart."""
        return len(self.fields[0]) > 1

    def _is_on(self, day: int, month: int, weekday: int) -> bool:
        return day in self.fields[3] and month in self.fields[4] and weekday in self.fields[5]

    def _from(self, first: datetime) -> datetime | None:
        seconds, minutes, hours = (sorted(values) for values in self.fields[:3])
        for hour in hours:
            for minute in minutes:
                if (hour, minute) < (first.hour, first.minute):
                    continue
                for second in seconds:
                    found = first.replace(hour=hour, minute=minute, second=second)
                    if found >= first:
                        return found
        return None


@dataclass(frozen=True, slots=True)
class Every:
    """The same time again and again."""

    span: timedelta

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """Return the next moment."""
        return (moment + self.span).astimezone(zone)

    def is_shorter_than_a_minute(self) -> bool:
        """Tell whether two moments are less than a minute apart."""
        return self.span < timedelta(minutes=1)


type Schedule = Cron | Every


def parse_schedule(function: str, text: str) -> Schedule:
    """Read a schedule; raises ConfigurationError for one that the host cannot read."""
    if span := _SPAN.fullmatch(text.strip()):
        return Every(_span(*span.groups()))
    parts = text.split()
    if len(parts) == len(_FIELDS) - 1:
        parts = ["0", *parts]
    if len(parts) != len(_FIELDS):
        raise ConfigurationError(f"function '{function}': {text!r} has neither five nor six fields")
    try:
        pairs = zip(parts, _FIELDS, strict=True)
        return Cron(tuple(_values(part, *field) for part, field in pairs))
    except ValueError as error:
        raise ConfigurationError(f"function '{function}': {text!r}: {error}") from error


def _span(days: str | None, *rest: str) -> timedelta:
    first, second, third = (int(one) for one in rest)
    if days is None and first >= _HOURS:
        # As .NET reads it: no hours can be as many, so these are days.
        return timedelta(days=first, hours=second, minutes=third)
    return timedelta(days=int(days or 0), hours=first, minutes=second, seconds=third)


def _values(text: str, low: int, high: int, names: Sequence[str]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        matched = _PART.fullmatch(part)
        if matched is None:
            raise ValueError(f"{part!r} is no value")
        first, last, step = matched.groups()
        if first == "*":
            begin, end = low, high
        else:
            begin = _value(first, low, high, names)
            end = _value(last, low, high, names) if last else (high if step else begin)
        # A range the wrong way round is taken for the right one, a step of 0 for 1.
        found |= set(range(min(begin, end), max(begin, end) + 1, max(1, int(step or 1))))
    return frozenset(found)


def _value(text: str, low: int, high: int, names: Sequence[str]) -> int:
    if text.isdecimal():
        if low <= int(text) <= high:
            return int(text)
        raise ValueError(f"{text} is not between {low} and {high}")
    for number, name in enumerate(names):
        if len(text) >= _SHORT and name.startswith(text.lower()):
            return number + low
    raise ValueError(f"{text!r} is no value")
