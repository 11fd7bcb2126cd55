"""Any value of a message: what its fields allow, and nothing that they refuse."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.kernel.messages.message import LARGEST_EXACT_INTEGER

LONGEST = 40
"""Of texts and lists that may be of any length: longer ones show nothing new."""

type Limits = Mapping[str, Any]
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
# A moment is kept in UTC: at the ends of time another zone would leave the calendar.
_FIRST, _LAST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - hypothesis adds the zone
_ZONES = st.just(UTC) | st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))


def values[M: BaseModel](model: type[M]) -> st.SearchStrategy[M]:
    """Make any message of a type, by the names of its fields."""
    fields = {
        name: of_type(info.annotation, _limits(info.metadata))
        for name, info in model.model_fields.items()
    }
    return st.fixed_dictionaries(fields).map(lambda made: model(**made))


def of_type(annotation: Any, limits: Limits | None = None) -> st.SearchStrategy[Any]:
    """Make any value of a type."""
    limits = limits or {}
    if isinstance(annotation, TypeAliasType):
        return of_type(annotation.__value__, limits)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return of_type(inner[0], {**limits, **_limits(inner[1:])})
    if origin in {Union, UnionType}:
        return st.one_of([of_type(one, limits) for one in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is not None:
        return _of_many(origin, inner, limits)
    return _of_one(annotation, limits)


def _limits(metadata: Any) -> Limits:
    """Take the limits out of what stands beside a type, also where it is a whole field."""
    found: dict[str, Any] = {}
    for one in metadata:
        if isinstance(one, FieldInfo):
            found |= _limits(one.metadata)
        known = {name: getattr(one, name, None) for name in _LIMITS}
        found |= {name: value for name, value in known.items() if value is not None}
    return found


def _of_many(origin: Any, inner: tuple[Any, ...], limits: Limits) -> st.SearchStrategy[Any]:
    least, most = _lengths(limits)
    if issubclass(origin, Mapping):
        key, value = map(of_type, inner)
        return st.dictionaries(key, value, min_size=least, max_size=most)
    if origin is tuple and inner[1:] != (...,):
        return st.tuples(*map(of_type, inner))
    make = {tuple: tuple, set: set, frozenset: frozenset}.get(origin, list)
    return st.lists(of_type(inner[0]), min_size=least, max_size=most).map(make)


def _of_one(annotation: Any, limits: Limits) -> st.SearchStrategy[Any]:
    least, most = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    if issubclass(annotation, BaseModel):
        return values(annotation)
    if issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    made = _PLAIN[annotation](least, most) if annotation is not str else _texts(limits)
    return made.filter(lambda value: _within(value, limits))


def _texts(limits: Limits) -> st.SearchStrategy[str]:
    least, most = _lengths(limits)
    if "pattern" not in limits:
        return st.text(min_size=least, max_size=most)
    # A dollar would let a line break pass in Python, and nothing pass in pydantic.
    pattern = limits["pattern"].replace("$", r"\Z")
    return st.from_regex(pattern).filter(lambda text: least <= len(text) <= 100)


def _lengths(limits: Limits) -> tuple[int, int]:
    return limits.get("min_length", 0), min(limits.get("max_length", LONGEST), LONGEST)


def _within(value: Any, limits: Limits) -> bool:
    return ("gt" not in limits or value > limits["gt"]) and (
        "lt" not in limits or value < limits["lt"]
    )


_EXACT = LARGEST_EXACT_INTEGER
_PLAIN: Mapping[Any, Any] = {
    NoneType: lambda _least, _most: st.none(),
    bool: lambda _least, _most: st.booleans(),
    int: lambda least, most: st.integers(
        -_EXACT if least is None else least, _EXACT if most is None else most
    ),
    float: lambda least, most: st.floats(least, most, allow_nan=False, allow_infinity=False),
    Decimal: lambda least, most: st.decimals(
        "-1E+30" if least is None else least, "1E+30" if most is None else most, places=9
    ),
    date: lambda least, most: st.dates(
        date.min if least is None else least, date.max if most is None else most
    ),
    datetime: lambda least, most: st.datetimes(
        _FIRST if least is None else least.replace(tzinfo=None),
        _LAST if most is None else most.replace(tzinfo=None),
        timezones=_ZONES if least is most is None else st.just(UTC),
    ),
    time: lambda least, most: st.times(
        time.min if least is None else least, time.max if most is None else most
    ),
    timedelta: lambda least, most: st.timedeltas(
        timedelta.min if least is None else least, timedelta.max if most is None else most
    ),
    UUID: lambda _least, _most: st.uuids(),
}
