"""The tree of a query."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that comes with the request."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """A place in the item; no steps is the item itself."""

    steps: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function, with its operands."""

    name: str
    operands: tuple["Expression", ...]


type Expression = Constant | Parameter | Path | Operation


@dataclass(frozen=True, slots=True)
class Query:
    """SELECT … FROM … WHERE … ORDER BY … OFFSET … LIMIT …; `fields` is empty for `SELECT *`."""

    fields: tuple[tuple[str, Expression], ...] = ()
    value: Expression | None = None
    top: Expression | None = None
    where: Expression | None = None
    order_by: tuple[tuple[Path, bool], ...] = ()
    offset: Expression | None = None
    limit: Expression | None = None
    aggregate: bool = field(default=False)
