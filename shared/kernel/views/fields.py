"""The fields of rows that a list can be filtered and sorted by, each as far as its form in JSON allows."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json

from shared.kernel.errors import InvalidMessage, NumberTooLarge
from shared.kernel.messages.json_forms import JsonForms
from shared.kernel.messages.message import Message, check_numbers
from shared.kernel.messages.text_forms import FORMS, TextForm
from shared.kernel.validation_faults import faults
from shared.kernel.views.listing import PARAMETERS, Operator, Scalar

_EQUAL: frozenset[Operator] = frozenset({"=", "in"})
_ORDERED = _EQUAL | frozenset[Operator]({">=", "<="})
_TEXT = _ORDERED | frozenset[Operator]({"prefix"})
_NAMED: frozenset[Operator] = frozenset({"="})
_NONE: frozenset[Operator] = frozenset()
_NO_ORDER = "its texts do not sort as its values do: '9' is behind '10'"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list can do with a type; `unsorted` says why it cannot sort by it."""

    name: str
    operators: frozenset[Operator]
    form: TextForm | None = None
    unsorted: str = ""


TEXT = Kind("text", _TEXT)
CHOICE = Kind("choice", _EQUAL)
KINDS: Mapping[type, Kind] = {
    str: TEXT,
    int: Kind("integer", _ORDERED),
    float: Kind("number", _ORDERED),
    bool: Kind("boolean", frozenset({"="})),
    date: Kind("day", _TEXT, FORMS["date"]),
    datetime: Kind("moment", _TEXT, FORMS["datetime"]),
    time: Kind("time", _TEXT, FORMS["time"]),
    UUID: Kind("UUID", _EQUAL, FORMS["uuid"]),
    Decimal: Kind("decimal", _EQUAL, FORMS["decimal"], _NO_ORDER),
    timedelta: Kind("duration", _EQUAL, FORMS["timedelta"], _NO_ORDER),
}


@dataclass(frozen=True, slots=True)
class ListField:
    """A field with one value in a row, as JSON names it; `choices` are all that it may be, if those are few."""

    name: str
    type: Any
    kind: Kind
    nullable: bool
    choices: Mapping[str, Scalar]

    @property
    def operators(self) -> frozenset[Operator]:
        """What a filter can ask of it; with the name of another parameter, nothing by that name alone."""
        more: frozenset[Operator] = frozenset({"null"} if self.nullable else ())
        return (self.kind.operators | more) - (_NAMED if self.name.lower() in PARAMETERS else _NONE)

    def value(self, text: str) -> Scalar:
        """Read a value out of a query, as rows hold it; raises InvalidMessage."""
        if self.choices:
            if text not in self.choices:
                raise InvalidMessage(f"One of {', '.join(self.choices)} is expected.")
            return self.choices[text]
        with _told():
            if self.kind.form is not None:
                return self.kind.form.write(_reader(self.type).validate_json(to_json(text)))
            value: Scalar = _reader(self.type).validate_python(_read(self.type, text))
            check_numbers(value)
            return value

    def check(self, value: Scalar | None) -> None:
        """Raise InvalidMessage for what no row holds in this field, in the form that JSON has."""
        if not isinstance(value, str | int | float | None):
            raise InvalidMessage("Its form in JSON is expected, such as the value of an Enum.")
        # To make a validator is dear, and every new instance checks its deadlines: most need none.
        if (value is None and self.nullable) or value in self.choices.values():
            return
        if self.type in {str, bool} and type(value) is self.type:
            return
        with _told():
            check_numbers(value)
            _reader(self.type).validate_json(to_json(value))


def list_fields(data_type: type[Message]) -> Mapping[str, ListField]:
    """Give the fields that a list can be filtered by, under their names in JSON."""
    key: Any = data_type
    return _list_fields(key)


@cache
def _list_fields(data_type: Any) -> Mapping[str, ListField]:  # noqa: ANN401 - a type of Message
    found = (
        _field(info.alias or name, info.annotation) for name, info in data_type.model_fields.items()
    )
    return {field.name: field for field in found if field is not None}


def _field(name: str, annotation: object) -> ListField | None:
    type_, nullable = _without_null(annotation)
    if get_origin(type_) is Literal or (isinstance(type_, type) and issubclass(type_, Enum)):
        choices = _choices(type_)
        return ListField(name, type_, CHOICE, nullable, choices) if choices else None
    kind = KINDS.get(type_) if isinstance(type_, type) else None
    return ListField(name, type_, kind, nullable, {}) if kind is not None else None


def _choices(type_: Any) -> dict[str, Scalar]:  # noqa: ANN401 - a Literal is no type
    values = get_args(type_) if get_origin(type_) is Literal else tuple(type_)
    plain = [one.value if isinstance(one, Enum) else one for one in values]
    return {str(one): one for one in plain if isinstance(one, str | int)}


def _without_null(annotation: object) -> tuple[Any, bool]:
    """Take a type out of its names, its constraints and its `| None`."""
    if isinstance(annotation, TypeAliasType):
        return _without_null(annotation.__value__)
    if get_origin(annotation) is Annotated:
        return _without_null(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        others = [one for one in get_args(annotation) if one is not NoneType]
        if len(others) == 1:
            return _without_null(others[0])[0], True
    return annotation, False


def _read(type_: Any, text: str) -> object:  # noqa: ANN401 - a type
    """Read a number or a truth as a body may hold it; what is none stays a text, and the type tells that."""
    if type_ is str or text != text.strip():
        return text
    try:
        found: object = from_json(text)
    except ValueError:
        return text
    whole = type_ is int and isinstance(found, float) and found.is_integer()
    return int(found) if whole else found  # type: ignore[call-overload]  # it is a float


@cache
def _reader(type_: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a type
    # Not a number and infinity are no JSON: the store cannot be asked for them.
    strict = ConfigDict(strict=True, allow_inf_nan=False)
    return TypeAdapter(Annotated[type_, JsonForms()], config=strict)


@contextmanager
def _told() -> Generator[None]:
    """Raise InvalidMessage, with one sentence, for what is wrong with a value."""
    try:
        yield
    except ValidationError as error:
        raise InvalidMessage(faults(error)[0][1]) from None
    except (NumberTooLarge, PydanticSerializationError) as error:
        raise InvalidMessage(f"{error}.") from None
