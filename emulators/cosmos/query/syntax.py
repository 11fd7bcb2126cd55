"""The tree of a query."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

AGGREGATES = frozenset({"AVG", "COUNT", "MAX", "MIN", "SUM"})


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
    """A place below one of the query's names: the name, then the steps."""

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
    """SELECT … FROM … WHERE … GROUP BY … ORDER BY … OFFSET … LIMIT …; `fields` is empty for `SELECT *`.

    `source` is the array whose elements `alias` stands for, if it does not stand for the item.
    """

    fields: tuple[tuple[str, Expression], ...] = ()
    value: Expression | None = None
    distinct: bool = False
    top: Expression | None = None
    alias: str = "c"
    source: Path | None = None
    joins: tuple[tuple[str, Path], ...] = ()
    where: Expression | None = None
    group_by: tuple[Expression, ...] = ()
    order_by: OrderBy = ()
    offset: Expression | None = None
    limit: Expression | None = None

    @property
    def selected(self) -> tuple[Expression, ...]:
        """What is selected; nothing for `SELECT *`."""
        if self.value is not None:
            return (self.value,)
        return tuple(field for _, field in self.fields)

    @property
    def aggregates(self) -> tuple[Operation, ...]:
        """The aggregates in what is selected."""
        return tuple(
            part
            for one in self.selected
            for part in parts(one)
            if isinstance(part, Operation) and part.name in AGGREGATES
        )

    @property
    def names(self) -> frozenset[str]:
        """What paths may begin with."""
        return frozenset({self.alias, *(name for name, _ in self.joins)})


def is_aggregate(expression: Expression) -> bool:
    """Tell whether an expression sums up several items."""
    return isinstance(expression, Operation) and expression.name in AGGREGATES


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
