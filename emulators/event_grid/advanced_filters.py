"""Advanced filters: an operator over one key of an event.

Source: "Event filtering for Azure Event Grid". Strings compare without case; a key that is missing, or whose
value is of another type, matches StringNotIn alone; arrays are not looked into.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

SHAPE = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)

type Text = Annotated[str, Field(max_length=512)]
type Number = int | float

AGREES: dict[str, Callable[[str, str], bool]] = {
    "StringIn": str.__eq__,
    "StringNotIn": str.__eq__,
    "StringContains": str.__contains__,
    "StringBeginsWith": str.startswith,
    "StringEndsWith": str.endswith,
}


class StringFilter(BaseModel):
    """Any of the values agrees; for StringNotIn, none is equal."""

    model_config = SHAPE
    operator_type: Literal[
        "StringIn", "StringNotIn", "StringContains", "StringBeginsWith", "StringEndsWith"
    ]
    key: str
    values: list[Text] = Field(min_length=1)

    def accepts(self, value: object) -> bool:
        """Tell whether a value passes."""
        agrees = AGREES[self.operator_type]
        found = isinstance(value, str) and any(
            agrees(value.casefold(), wanted.casefold()) for wanted in self.values
        )
        return not found if self.operator_type == "StringNotIn" else found


class NumberIn(BaseModel):
    """Equal to one of the values."""

    model_config = SHAPE
    operator_type: Literal["NumberIn"]
    key: str
    values: list[Number] = Field(min_length=1)

    def accepts(self, value: object) -> bool:
        """Tell whether a value passes."""
        return _is_number(value) and value in self.values


class NumberCompared(BaseModel):
    """Greater, or less, than the value."""

    model_config = SHAPE
    operator_type: Literal["NumberGreaterThan", "NumberLessThan"]
    key: str
    value: Number

    def accepts(self, value: Any) -> bool:  # noqa: ANN401 - JSON
        """Tell whether a value passes."""
        if not _is_number(value):
            return False
        greater = self.operator_type == "NumberGreaterThan"
        return bool(value > self.value if greater else value < self.value)


class BoolEquals(BaseModel):
    """True, or false."""

    model_config = SHAPE
    operator_type: Literal["BoolEquals"]
    key: str
    value: bool

    def accepts(self, value: object) -> bool:
        """Tell whether a value passes."""
        return value is self.value


class NullFilter(BaseModel):
    """Null or missing, or neither."""

    model_config = SHAPE
    operator_type: Literal["IsNullOrUndefined", "IsNotNull"]
    key: str

    def accepts(self, value: object) -> bool:
        """Tell whether a value passes."""
        return (value is None) == (self.operator_type == "IsNullOrUndefined")


type AdvancedFilter = Annotated[
    StringFilter | NumberIn | NumberCompared | BoolEquals | NullFilter,
    Field(discriminator="operator_type"),
]


def values_of(filter_: AdvancedFilter) -> int:
    """Count the values of a filter, which are limited for all of them together."""
    match filter_:
        case StringFilter() | NumberIn():
            return len(filter_.values)
        case NumberCompared() | BoolEquals():
            return 1
        case NullFilter():
            return 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
