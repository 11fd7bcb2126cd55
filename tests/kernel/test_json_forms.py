"""Each value has one form in JSON, which is read strictly, and equals what was written."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import Field, ValidationError
from pydantic_core import to_json, to_jsonable_python

from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.errors import InvalidMessage
from shared.kernel.messages.json_reading import read, read_text
from shared.kernel.messages.message import Message

BERLIN = timezone(timedelta(hours=1))
SOME_ID = UUID("0B9A1F6E-6D3C-4F0E-8C1D-2F3A4B5C6D7E")


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Level(IntEnum):
    LOW = 1


class Card(Message):
    """One way to pay."""

    kind: Literal["card"] = "card"
    expires: date


class Cash(Message):
    """Another way to pay."""

    kind: Literal["cash"] = "cash"
    given: Decimal


class Node(Message):
    """Holds others of its kind."""

    day: date
    below: "tuple[Node, ...]" = ()


type Later = Annotated[date, Field(ge=date(2020, 1, 1))]


class Everything(Message):
    """A field of each type; some have names that schemas use themselves."""

    day: Later = date(2026, 11, 23)
    default: date | None = None
    type: Decimal = Decimal("12.50")
    metadata: datetime | None = None
    opens: time = time(9, 30)
    lasts: timedelta = timedelta()
    id_: Annotated[UUID, Field(alias="id")] = SOME_ID
    size: Size = Size.SMALL
    level: Level = Level.LOW
    pair: tuple[int, date] = (1, date(2026, 1, 2))
    days: frozenset[date] = frozenset()
    paid: Annotated[Card | Cash, Field(discriminator="kind")] = Cash(given=Decimal(1))
    prices: dict[Size, Decimal] = Field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    count: int = 0
    share: float = 0.0
    sure: bool = False


def changed(**members: Any) -> bytes:
    return to_json(to_jsonable_python(Everything()) | members)


WRITTEN: list[tuple[str, Any, Any]] = [
    ("day", date(2026, 1, 2), "2026-01-02"),
    ("metadata", datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000000Z"),
    ("metadata", datetime(2026, 1, 2, 0, 30, tzinfo=BERLIN), "2026-01-01T23:30:00.000000Z"),
    ("opens", time(9, 30), "09:30:00"),
    ("opens", time(9, 30, 0, 5), "09:30:00.000005"),
    ("lasts", timedelta(), "PT0S"),
    ("lasts", timedelta(days=400, hours=2, microseconds=10), "P400DT7200.00001S"),
    ("lasts", timedelta(days=2), "P2D"),
    ("lasts", timedelta(microseconds=-1), "-PT0.000001S"),
    ("type", Decimal("12.50"), "12.5"),
    ("type", Decimal("3E+2"), "300"),
    ("type", Decimal("-0.00"), "0"),
    ("type", Decimal("0.1234567890123456789012345678901234567891"), None),
    ("id", SOME_ID, "0b9a1f6e-6d3c-4f0e-8c1d-2f3a4b5c6d7e"),
    ("size", Size.LARGE, "l"),
    ("level", Level.LOW, 1),
    ("pair", (7, date(2026, 1, 2)), [7, "2026-01-02"]),
    ("days", frozenset({date(2026, 1, 2), date(2025, 1, 2)}), ["2025-01-02", "2026-01-02"]),
    ("paid", Card(expires=date(2026, 1, 2)), {"kind": "card", "expires": "2026-01-02"}),
    ("prices", {Size.LARGE: Decimal(2)}, {"l": "2"}),
    ("nodes", (Node(day=date(2026, 1, 2)),), [{"day": "2026-01-02", "below": []}]),
]


@pytest.mark.parametrize(("name", "value", "form"), WRITTEN)
def test_a_value_is_written_in_its_one_form_and_read_as_it_was(
    name: str, value: Any, form: Any
) -> None:
    made = Everything(**{name: value})

    written = to_jsonable_python(made)

    assert written[name] == (str(value) if form is None else form)
    assert made.model_dump(mode="json") == written
    assert read(Everything, written) == made


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("day", 0),
        ("day", "0"),
        ("day", "2026-01-02T00:00:00"),
        ("day", "2019-12-31"),
        ("default", "٢٠٢٦-01-02"),
        ("metadata", 0),
        ("metadata", "2026-01-02T00:00:00"),
        ("metadata", "0001-01-01T00:00:00+01:00"),
        ("opens", 0),
        ("opens", "09:30"),
        ("opens", "09:30:00Z"),
        *(("lasts", none) for none in (5, "P1Y", "P", "01:00:00", "-P999999999DT1S")),
        ("type", 12.5),
        ("type", 12),
        ("type", "NaN"),
        ("type", "1E+5"),
        ("type", "1" * 41),
        ("id", "0b9a1f6e6d3c4f0e8c1d2f3a4b5c6d7e"),
        ("size", "small"),
        ("level", "1"),
        ("pair", [1]),
        ("days", ["soon"]),
        ("paid", {"expires": "2026-01-02"}),
        ("paid", {"kind": "card", "given": "1"}),
        ("prices", {"l": 2}),
        ("nodes", [{"day": 0}]),
        ("nodes", [{"day": "2026-01-02", "below": [{"day": 0}]}]),
        ("count", "5"),
        ("count", 5.5),
        ("count", True),
        ("share", "0.5"),
        ("sure", 1),
    ],
)
def test_nothing_else_is_taken_for_a_value(member: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        read_text(Everything, changed(**{member: value}))

    assert {error["loc"][0] for error in raised.value.errors()} == {member}


def test_a_number_without_a_fraction_is_an_integer_however_it_is_written() -> None:
    read_as = read_text(Everything, changed(count=5.0, level=1.0, pair=[2.0, "2026-01-02"]))

    assert (read_as.count, read_as.level, read_as.pair[0]) == (5, Level.LOW, 2)
    assert type(read_as.count) is int


def test_of_what_is_wrong_only_that_is_told() -> None:
    with pytest.raises(ValidationError) as raised:
        read_text(Everything, changed(count=5.0, day=0))

    assert [error["msg"] for error in raised.value.errors()] == [
        "A day such as 2026-11-23 is expected"
    ]


def test_a_text_that_is_no_json_is_no_value() -> None:
    with pytest.raises(ValidationError, match="Invalid JSON"):
        read_text(Everything, b'{"count": 5.0')


def test_what_no_json_can_hold_is_told() -> None:
    with pytest.raises(InvalidMessage):
        read(Everything, {"size": "\ud800"})


@pytest.mark.parametrize(
    "members",
    [
        {"metadata": datetime(2026, 1, 2)},  # noqa: DTZ001 - without a zone, on purpose
        {"opens": time(9, tzinfo=UTC)},
        {"type": Decimal("1E+40")},
        {"type": Decimal("1E-41")},
        {"type": Decimal("Infinity")},
        {"type": "1"},
    ],
)
def test_a_value_that_has_no_form_is_not_made(members: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Everything(**members)


def test_equal_sets_are_written_alike() -> None:
    names = [f"name {number}" for number in range(50)]

    class Named(Message):
        names: frozenset[str]

    one, other = (Named(names=frozenset(some)) for some in (names, reversed(names)))
    assert to_json(one) == to_json(other) == to_json({"names": sorted(names)})


@dataclass(frozen=True)
class State:
    """A state as a domain writes it."""

    seen: frozenset[date]
    last: datetime
    held: dict[str, Everything]


def test_a_state_has_the_same_forms_as_messages() -> None:
    state = State(
        frozenset({date(2026, 1, 2), date(2025, 1, 2)}),
        datetime(2026, 1, 2, tzinfo=BERLIN),
        {"x": Everything()},
    )
    snapshots = Snapshots("state/1", State)

    shown = snapshots.show(state)

    assert shown["seen"] == ["2025-01-02", "2026-01-02"]
    assert shown["last"] == "2026-01-01T23:00:00.000000Z"
    assert shown["held"]["x"]["type"] == "12.5"
    assert snapshots.read(snapshots.write(state)) == state


def test_the_form_of_each_type_is_described_to_clients() -> None:
    described = Everything.model_json_schema()["properties"]

    assert described["metadata"]["anyOf"][0]["format"] == "date-time"
    assert described["type"] == described["type"] | {"type": "string", "format": "decimal"}
    assert described["lasts"] == described["lasts"] | {"type": "string", "format": "duration"}
    assert described["id"]["format"] == "uuid"
