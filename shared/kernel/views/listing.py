"""Listing a view: which rows, in which order, from where on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PARAMETERS = frozenset({"sort", "limit", "after", "before", "code", "clientid"})
"""What a query of a list means otherwise, in any case of its letters: order, pages, keys of the platform."""
type Scalar = str | int | float | bool
"""A value that a field is compared with, as JSON has it: a day or a moment is a text."""
type Operator = Literal["=", "in", ">=", "<=", "prefix", "null"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field of the data of a row; `in` has values, `null` asks whether there is none."""

    field: str
    operator: Operator
    value: Scalar | Sequence[Scalar]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: what it was sorted by, its key, its stream."""

    value: Scalar | None
    key: str
    stream: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of a view that meet all filters, sorted by a field (or by key alone), then key and stream.

    `nullable` says that the field may be null, which is less than every value.
    """

    view: str
    filters: Sequence[Filter] = ()
    sort: str | None = None
    descending: bool = False
    nullable: bool = False
    after: Cursor | None = None
    limit: int = 50
