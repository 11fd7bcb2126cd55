"""The tree of a query."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

AGGREGATES = frozenset({"COUNT", "MAX", "MIN", "SUM"})


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


@dataclass(frozen=True, slots=True)
class Array:
    """An array that is made of expressions."""

    elements: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Object:
    """An object whose values are expressions."""

    pairs: tuple[tuple[str, "Expression"], ...]


type Expression = Constant | Parameter | Path | Operation | Array | Object
type OrderBy = tuple[tuple[Path, bool], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """SELECT … FROM … WHERE … ORDER BY … OFFSET … LIMIT …; `fields` is empty for `SELECT *`.

    `aggregate` is the one that `value` is, or that it holds as `[{"item": …}]`.
    """

    fields: tuple[tuple[str, Expression], ...] = ()
    value: Expression | None = None
    top: Expression | None = None
    where: Expression | None = None
    order_by: OrderBy = ()
    offset: Expression | None = None
    limit: Expression | None = None
    aggregate: Operation | None = None
    alias: str = "c"


def parts(expression: Expression) -> Iterator[Expression]:
    """Go through an expression and all that it is made of."""
    yield expression
    inner: tuple[Expression, ...] = ()
    match expression:
        case Operation(operands=inner) | Array(elements=inner):
            pass
        case Object(pairs=pairs):
            inner = tuple(value for _, value in pairs)
    for one in inner:
        yield from parts(one)


def aggregate_of(value: Expression) -> Operation | None:
    """Find the aggregate of a SELECT VALUE, bare or as a query plan wraps it."""
    match value:
        case Array(elements=(Object(pairs=(("item", Operation() as inner),)),)):
            found = inner
        case Operation():
            found = value
        case _:
            return None
    return found if found.name in AGGREGATES else None
