"""What a field cannot be is told when the domain is assembled: JSON could not hold it, or not give it back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from shared.kernel.commands.snapshot import Snapshots
from shared.kernel.messages.inbound_event import InboundReceptor, OutsideData
from shared.kernel.messages.message import Command, Event, Message, PublicEvent
from shared.kernel.messages.values import Money
from shared.kernel.reactions.enricher import Enricher
from tests.kernel.doors import DOOR, ROWS, Open, Opened, OpenOn, of, told


class Mixed(Enum):
    """Choices of two kinds."""

    ONE = 1
    TWO = "two"


class Plain(BaseModel):
    """A model that is read by other rules."""

    text: str = ""


@dataclass
class Point:
    """A dataclass."""

    at: bytes = b""


class Pair(NamedTuple):
    """A tuple with names."""

    left: int


class Named(TypedDict):
    """A dictionary with names."""

    name: str


class Card(Message):
    """One kind."""

    kind: Literal["card"] = "card"


class Cash(Message):
    """Another kind."""

    kind: Literal["cash"] = "cash"


class Node(Message):
    """Holds others of its kind."""

    below: "tuple[Node, ...]" = ()
    data: bytes = b""


type Deep = list[Deep] | bytes
type Short = Annotated[str, Field(max_length=3)]
Positive = Annotated[int, Field(gt=0)]

NAN = "it allows NaN, which is no JSON: leave allow_inf_nan as it is"
MIXED = "Thing.x: the choices of Mixed are to be all texts, or all integers"
CANNOT = "JSON cannot hold {}: docs/field-types.md lists what it can"
ANY = "nobody knows what it holds: name its type, or JsonValue for any JSON"
ALIKE = "JSON does not tell {} apart: give messages a discriminator, or keep one"
RULES = "{} is read by other rules: let it be a Message"
TYPES: list[tuple[Any, list[str]]] = [
    (bytes, [f"Thing.x: {CANNOT.format('bytes')}"]),
    (complex | None, [f"Thing.x: {CANNOT.format('complex')}"]),
    (tuple[memoryview, ...], [f"Thing.x: {CANNOT.format('memoryview')}"]),
    (Deep, [f"Thing.x: {CANNOT.format('bytes')}"]),
    (Node, [f"Thing.x.data: {CANNOT.format('bytes')}"]),
    (Any, [f"Thing.x: {ANY}"]),
    (dict[str, object], [f"Thing.x: {ANY}"]),
    (list, ["Thing.x: say what the list holds, such as list[str]"]),
    (dict[int, str], ["Thing.x: the members of an object are named by texts, and int is none"]),
    (Mixed, [MIXED]),
    (Literal["a", 1], [MIXED.replace("Mixed", "typing.Literal['a', 1]")]),
    (
        Plain,
        [
            f"Thing.x: {RULES.format('Plain')}",
            f"Thing.x: {NAN}",
        ],
    ),
    (Point, [f"Thing.x: {RULES.format('Point')}", f"Thing.x.at: {CANNOT.format('bytes')}"]),
    (Named, [f"Thing.x: {RULES.format('Named')}"]),
    (Card | Cash, [f"Thing.x: {ALIKE.format('Card and Cash')}"]),
    (date | str, [f"Thing.x: {ALIKE.format('date and str')}"]),
    (
        list[int] | tuple[str, ...] | None,
        [f"Thing.x: {ALIKE.format('list[int] and tuple[str, ...]')}"],
    ),
    (
        int | Mixed,
        [
            f"Thing.x: {ALIKE.format('int and Mixed')}",
            MIXED,
        ],
    ),
    (int | bool | str | Money | list[str] | None, []),
    (Annotated[Card | Cash, Field(discriminator="kind")], []),
    (dict[Literal["a"], tuple[int, date]], []),
    (AwareDatetime | JsonValue, []),
    (AwareDatetime, []),
    (Short | Positive | None, []),
    (Annotated[bytes, Field(max_length=3)], [f"Thing.x: {CANNOT.format('bytes')}"]),
    (dict[date, frozenset[Decimal]], []),
]


def made(annotation: Any, base: type[Any] = Event, **config: Any) -> type[Any]:
    """Make a message with a field of a type."""
    return type(
        "Thing",
        (base,),
        {"__annotations__": {"x": annotation}, "__doc__": "x", "__module__": __name__, **config},
    )


@pytest.mark.parametrize(("annotation", "sentences"), TYPES)
def test_a_field_has_a_type_that_json_can_hold(annotation: Any, sentences: list[str]) -> None:
    thing = made(annotation, model_config=ConfigDict(arbitrary_types_allowed=True))
    category = replace(DOOR, events=(Opened, thing))
    wanted = sorted(f"category 'door', {sentence}" for sentence in sentences)

    if not wanted:
        assert of(category).categories
        return
    assert sorted(told(lambda: of(category))) == wanted


def test_every_message_of_a_domain_is_looked_at() -> None:
    bad = CANNOT.format("bytes")
    thing = made(bytes, Command)
    for change in ({"commands": (Open, thing)}, {"process_commands": (OpenOn, thing)}):
        category = replace(DOOR, **change)
        assert told(lambda category=category: of(category)) == [f"category 'door', Thing.x: {bad}"]

    row = type(
        "Thing", (Message,), {"__annotations__": {"x": bytes}, "x": b"", "__module__": __name__}
    )
    assert told(lambda: of(DOOR, replace(ROWS, data_type=row))) == [f"view 'doors', Thing.x: {bad}"]

    public = made(bytes, PublicEvent)
    enricher: Enricher[Any, Any, Any] = Enricher("tells", DOOR, Opened, public, lambda *_: public())
    assert told(lambda: of(enrichers=(enricher,))) == [f"enricher 'tells', Thing.x: {bad}"]

    heard = made(bytes, OutsideData)
    receptor = InboundReceptor("hears", "opened", heard, DOOR, Open, lambda _data: ())
    assert told(lambda: of(inbound=(receptor,))) == [f"receptor 'hears', Thing.x: {bad}"]
    told_plain = replace(receptor, data=made(Plain, OutsideData))
    assert told(lambda: of(inbound=(told_plain,)))[0] == (
        "receptor 'hears', Thing.x: Plain is read by other rules: let it be a OutsideData or a Message"
    )


@dataclass(frozen=True)
class Kept:
    """A state: what is nested in one may be anything, as long as JSON holds it."""

    plain: Plain
    point: Mapping[str, Point]
    pair: tuple[bytes, ...]


def test_a_state_holds_what_json_can_hold() -> None:
    category = replace(DOOR, snapshots=Snapshots("door/1", Kept))

    assert told(lambda: of(category)) == [
        f"category 'door', its state Kept.point.at: {CANNOT.format('bytes')}",
        f"category 'door', its state Kept.pair: {CANNOT.format('bytes')}",
    ]


def test_no_number_of_a_message_is_none() -> None:
    lax = made(float, model_config=ConfigDict(allow_inf_nan=True))
    field = made(Annotated[float, Field(allow_inf_nan=True)])

    assert told(lambda: of(replace(DOOR, events=(Opened, lax)))) == [
        f"category 'door', Thing: {NAN}"
    ]
    assert told(lambda: of(replace(DOOR, events=(Opened, field)))) == [
        f"category 'door', Thing.x: {NAN}"
    ]
