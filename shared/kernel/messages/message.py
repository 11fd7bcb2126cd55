"""Commands and events: frozen, strict, camelCase on the wire, and nothing in them that nobody knows."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from shared.kernel.errors import NumberTooLarge
from shared.kernel.messages.json_forms import with_json_forms

LARGEST_EXACT_INTEGER = 2**53 - 1


class Message(BaseModel):
    """What commands, events and the data of rows have in common."""

    model_config = ConfigDict(
        frozen=True,
        # What is never used here is never built: it would be half of what a new instance waits for.
        defer_build=True,
        # What is logged and kept of an error repeats nothing of what it is about.
        hide_input_in_errors=True,
        strict=True,
        allow_inf_nan=False,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return with_json_forms(handler(source), handler)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show the fields, sets in one order: specifications are made of this, by any process."""
        for name, value in super().__repr_args__():
            yield name, _InOrder(value) if isinstance(value, set | frozenset) else value


class _InOrder:
    """Shows a set."""

    def __init__(self, values: AbstractSet[Any]) -> None:
        self._values = values

    def __repr__(self) -> str:
        return f"{{{', '.join(sorted(map(repr, self._values)))}}}"


class Command(Message):
    """A request, imperative, with one target; it may be refused."""


class Event(Message):
    """A fact, past tense, immutable; `schema_number` rises when the shape of its data changes."""

    schema_number: ClassVar[int] = 1


class PublicEvent(Event):
    """What others are told of an event: names and shapes that they rely on, and a link to the read model.

    `link` begins with `/api/views/`: `link_to(view, key)` of `shared.kernel.messages.notification` makes it.

    Its type is made of the `public_prefix` of the domain, the category, its own name in small letters with dashes
    (without the category in front), and `v` with the `schema_number`: under `com.example`, `BoxOpened` of `box` is
    `com.example.box.opened.v1`, and of `room` it is `com.example.room.box-opened.v1`. A new number is a new type.
    """

    link: str


def check_numbers(value: Any, field: str = "") -> None:  # noqa: ANN401 - JSON
    """Raise NumberTooLarge for an integer that a JSON number does not hold exactly (RFC 8259, section 6).

    It names the field of the whole that holds the integer.
    """
    if isinstance(value, int):
        if abs(value) > LARGEST_EXACT_INTEGER:
            at = f"{field}: " if field else ""
            raise NumberTooLarge(f"{at}an integer is more than a JSON number holds exactly")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check_numbers(inner, field or name)
    elif isinstance(value, list):
        for inner in value:
            check_numbers(inner, field)


def type_name(message: type[Message]) -> str:
    """Name a message type as the store and the log do."""
    return message.__name__


def route_name(message: type[Message]) -> str:
    """Name a command as the URL does: `DoThis` is `do-this`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", message.__name__).lower()
