"""What a list is asked for is read as the type of the field; what it cannot be asked is told."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import Field

from command_api.openapi.operations import view_list
from command_api.paging import parse_listing
from shared.adapters.http.problems import Problem
from shared.domain.shop.item import item
from shared.domain.shop.views.stock import sku
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.message import Message
from shared.kernel.views.fields import list_fields
from shared.kernel.views.listing import Filter, Operator, Scalar
from shared.kernel.views.view import View


class Colour(Enum):
    """A choice among texts."""

    RED = "red"
    GREEN = "light green"


class Level(IntEnum):
    """A choice among numbers."""

    LOW = 1
    HIGH = 10


type Short = Annotated[str, Field(max_length=3)]


class Line(Message):
    """Something nested."""

    text: str = ""


class Shown(Message):
    """A row with a field of each type."""

    text: str = ""
    count: int = 0
    share: float = 0.0
    sure: bool = False
    day: date = date(2026, 11, 23)
    moment: datetime | None = None
    opens: time | None = None
    lasts: timedelta = timedelta()
    price: Decimal = Decimal(0)
    id_of: UUID | None = None
    colour: Colour = Colour.RED
    level: Level = Level.LOW
    word: Literal["yes", "no"] = "no"
    short: Short | None = None
    either: int | str = 0
    line: Line | None = None
    lines: tuple[Line, ...] = ()


VIEW = View("shown", item, Shown, lambda shown, _event: shown, sku, sorts=("moment", "text"))
SOME_ID = "0b9a1f6e-6d3c-4f0e-8c1d-2f3a4b5c6d7e"


@pytest.mark.parametrize(
    ("name", "text", "operator", "value"),
    [
        ("text", "a,b", "=", "a,b"),
        ("text.in", "a,b", "in", ["a", "b"]),
        ("text.in", '"a,b",""', "in", ["a,b", ""]),
        ("text.in", "", "in", [""]),
        ("text.prefix", "a", "prefix", "a"),
        ("text.from", "a", ">=", "a"),
        ("count", "3", "=", 3),
        ("count.in", "3,4", "in", [3, 4]),
        ("count.to", "-3", "<=", -3),
        ("share.from", "0.5", ">=", 0.5),
        ("count", "5.0", "=", 5),
        ("count", "1e3", "=", 1000),
        ("share", "3", "=", 3.0),
        ("share.to", "1e300", "<=", 1e300),
        ("text", " 3 ", "=", " 3 "),
        ("sure", "true", "=", True),
        ("day", "2026-11-23", "=", "2026-11-23"),
        ("day.from", "2026-11-23", ">=", "2026-11-23"),
        ("day.prefix", "2026-11", "prefix", "2026-11"),
        ("moment.from", "2026-11-23T13:00:00+01:00", ">=", "2026-11-23T12:00:00.000000Z"),
        ("moment.null", "true", "null", True),
        ("moment.null", "false", "null", False),
        ("opens.to", "09:30:00.5", "<=", "09:30:00.500000"),
        ("lasts", "PT24H", "=", "P1D"),
        ("price", "12.50", "=", "12.5"),
        ("price.in", "1,2.0", "in", ["1", "2"]),
        ("idOf", SOME_ID.upper(), "=", SOME_ID),
        ("colour", "light green", "=", "light green"),
        ("level.in", "1,10", "in", [1, 10]),
        ("word", "yes", "=", "yes"),
        ("short.prefix", "a", "prefix", "a"),
    ],
)
def test_a_filter_asks_for_a_value_as_rows_hold_it(
    name: str, text: str, operator: Operator, value: Scalar | list[Scalar]
) -> None:
    field = name.partition(".")[0]

    assert parse_listing({name: text}, VIEW).filters == [Filter(field, operator, value)]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("day", "0", "A day such as 2026-11-23 is expected."),
        ("day", "23.11.2026", "A day such as 2026-11-23 is expected."),
        ("day", "2026-02-30", "A day such as 2026-11-23 is expected."),
        ("moment", "2026-11-23T12:00:00", "A moment with its offset such as"),
        ("moment.null", "maybe", "true or false is expected."),
        ("price", "NaN", "A decimal as a text such as"),
        ("lasts", "P1Y", "A duration in days"),
        ("idOf", "7", "A UUID such as"),
        ("idOf", "\ud800", "surrogate"),
        ("colour", "RED", "One of red, light green is expected."),
        ("level", "2", "One of 1, 10 is expected."),
        ("count.in", "1,x", "Input should be a valid integer"),
        *[
            ("count", text, "Input should be a valid integer")
            for text in ("1_000", " 3", "3 ", "+3", "03", "3.5", "0x3", "true", "null", '"3"', "٣")
        ],
        *[
            ("share", text, "Input should be a valid number")
            for text in ("1_0.5", " 0.5", ".5", "5.", "true", '"0.5"', "half")
        ],
        *[("share", text, "finite number") for text in ("NaN", "Infinity", "1e400")],
        *[
            ("sure", text, "Input should be a valid boolean")
            for text in ("on", "yes", "True", "1", "0", "t", " true", '"true"')
        ],
        ("count", str(2**53), "more than a JSON number holds exactly"),
        ("text.in", '"a', "Values with commas between them are expected"),
        ("text.in", ",".join("a" * 51), "At most 50 values can be asked for at once."),
        ("price.from", "1", "A list can be filtered by"),
        ("lasts.to", "PT1S", "A list can be filtered by"),
        ("count.prefix", "1", "A list can be filtered by"),
        ("text.null", "true", "A list can be filtered by"),
        ("sure.in", "true", "A list can be filtered by"),
        ("text.between", "a", "A list can be filtered by"),
        ("text.", "a", "A list can be filtered by"),
        ("either", "1", "A list can be filtered by"),
        ("line", "1", "A list can be filtered by"),
        ("lines", "1", "A list can be filtered by"),
        ("id_of", SOME_ID, "A list can be filtered by"),
    ],
)
def test_what_a_list_cannot_be_asked_for_is_told(name: str, text: str, sentence: str) -> None:
    with pytest.raises(Problem) as raised:
        parse_listing({name: text}, VIEW)

    (fault,) = raised.value.faults
    assert raised.value.status == 400
    assert fault.pointer == name
    assert sentence in fault.sentence


class Limited(Message):
    """A row with fields that are called as parameters of every list."""

    limit: int = 0
    code: str | None = None
    after: bool = False


def test_a_field_with_the_name_of_another_parameter_is_asked_for_by_the_filters_with_a_dot() -> (
    None
):
    view = View("limited", item, Limited, lambda shown, _event: shown, sku, sorts=("limit",))

    listing = parse_listing(
        {"limit": "7", "limit.from": "3", "code.in": "a", "sort": "limit"}, view
    )

    assert (listing.limit, listing.sort) == (7, "limit")
    assert listing.filters == [Filter("limit", ">=", 3), Filter("code", "in", ["a"])]
    names = [one["name"].lower() for one in view_list(view)["parameters"]]
    assert len(names) == len(set(names))
    assert "after.in" not in names


def test_a_list_may_be_sorted_by_what_may_be_null() -> None:
    assert parse_listing({"sort": "-moment"}, VIEW).nullable
    list_fields(Shown)["moment"].check(None)
    with pytest.raises(InvalidMessage):
        list_fields(Shown)["text"].check(None)
    assert not parse_listing({"sort": "text"}, VIEW).nullable
    assert not parse_listing({}, VIEW).nullable


def test_clients_are_told_of_every_filter() -> None:
    described = {one["name"]: one["schema"] for one in view_list(VIEW)["parameters"]}

    asked = {name for name in described if name.partition(".")[0] in {"text", "sure", "idOf"}}
    assert asked == {
        *("text", "text.in", "text.from", "text.to", "text.prefix"),
        *("sure", "idOf", "idOf.in", "idOf.null"),
    }
    assert described["colour"] == {"enum": ["red", "light green"]}
    assert described["day.from"]["format"] == "date"
    assert described["count.to"] == {"type": "integer"}
    assert described["moment.null"] == {"type": "boolean"}
    assert "price.from" not in described
    assert "lines" not in described
