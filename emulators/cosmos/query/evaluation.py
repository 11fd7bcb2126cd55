"""From tree to closures: of a row, which has a value for each of the query's names, or of a group of rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.query.functions import FUNCTIONS, OPERATORS
from emulators.cosmos.query.syntax import (
    Array,
    Constant,
    Expression,
    Object,
    Operation,
    Parameter,
    Path,
    is_aggregate,
)
from emulators.cosmos.query.values import (
    NUMBER,
    UNDEFINED,
    both,
    either,
    equal,
    less,
    negate,
    sort_key,
    type_rank,
    whole,
)

type Row = Mapping[str, Any]
type Parameters = Mapping[str, Any]
type Evaluate = Callable[[Any], Any]
type Leaf = Callable[[Expression], Evaluate | None]

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": equal,
    "!=": lambda left, right: negate(equal(left, right)),
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: either(less(left, right), equal(left, right)),
    ">=": lambda left, right: either(less(right, left), equal(left, right)),
}


def compile_expression(expression: Expression, parameters: Parameters) -> Evaluate:
    """Make a function of a row; 400 for an unknown parameter."""
    return _compile(expression, parameters, _path)


def compile_grouped(expression: Expression, parameters: Parameters) -> Evaluate:
    """Make a function of the rows of a group: aggregates over all of them, the rest of the first."""

    def leaf(part: Expression) -> Evaluate | None:
        if isinstance(part, Operation) and is_aggregate(part):
            return _aggregate(part, parameters)
        if isinstance(part, Path):
            walk = _walk(part.steps)
            return lambda rows: walk(rows[0]) if rows else UNDEFINED
        return None

    return _compile(expression, parameters, leaf)


def constant(expression: Expression, parameters: Parameters) -> Any:  # noqa: ANN401 - JSON
    """Evaluate what does not depend on an item."""
    match expression:
        case Constant(value=value):
            return value
        case Parameter(name=name) if name in parameters:
            return parameters[name]
        case Parameter(name=name):
            raise CosmosError(400, f"The parameter {name} is missing.")
        case _:
            raise unsupported("an expression where a constant or a parameter is expected")


def whole_number(expression: Expression, parameters: Parameters) -> int:
    """Evaluate what TOP, OFFSET and LIMIT count; 400 for anything but a whole number from 0."""
    value = constant(expression, parameters)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CosmosError(400, f"TOP, OFFSET and LIMIT want a whole number, not {value!r}.")
    return value


def _path(expression: Expression) -> Evaluate | None:
    return _walk(expression.steps) if isinstance(expression, Path) else None


def _walk(steps: Sequence[str | int]) -> Evaluate:
    def walk(item: Any) -> Any:  # noqa: ANN401 - JSON
        for step in steps:
            if isinstance(item, dict) and isinstance(step, str):
                item = item.get(step, UNDEFINED)
            elif isinstance(item, list) and isinstance(step, int) and 0 <= step < len(item):
                item = item[step]
            else:
                return UNDEFINED
        return item

    return walk


def _compile(expression: Expression, parameters: Parameters, leaf: Leaf) -> Evaluate:
    if (found := leaf(expression)) is not None:
        return found

    def inner(part: Expression) -> Evaluate:
        return _compile(part, parameters, leaf)

    match expression:
        case Constant() | Parameter():
            given = constant(expression, parameters)
            return lambda _: given
        case Operation(name=name, operands=operands):
            return _operation(name, [inner(operand) for operand in operands])
        case Array(elements=elements):
            made = [inner(element) for element in elements]
            return lambda row: [v for one in made if (v := one(row)) is not UNDEFINED]
        case Object(pairs=pairs):
            named = [(name, inner(value)) for name, value in pairs]
            return lambda row: {name: v for name, one in named if (v := one(row)) is not UNDEFINED}
    raise CosmosError(400, "An aggregate is not allowed here.")


def _operation(name: str, operands: list[Evaluate]) -> Evaluate:
    if name in COMPARE:
        compare, (left, right) = COMPARE[name], operands
        return lambda row: compare(left(row), right(row))
    if name in {"AND", "OR"}:
        join: Callable[[Any, Any], Any] = both if name == "AND" else either
        return lambda row: reduce(join, (one(row) for one in operands), name == "AND")
    match name, operands:
        case "NOT", [inner]:
            return lambda row: negate(inner(row))
        case "IN", [left, *candidates]:
            return lambda row: _any(left(row), (candidate(row) for candidate in candidates))
        case "BETWEEN", [value, low, high]:
            at_least, at_most = COMPARE[">="], COMPARE["<="]
            return lambda row: both(at_least(value(row), low(row)), at_most(value(row), high(row)))
    function = _function(name, len(operands))
    return lambda row: function(*(operand(row) for operand in operands))


def _function(name: str, count: int) -> Callable[..., Any]:
    if name in OPERATORS:
        return OPERATORS[name]
    if name not in FUNCTIONS:
        raise CosmosError(400, f"{name} is not allowed here.")
    least, most, function = FUNCTIONS[name]
    if not least <= count <= most:
        raise CosmosError(400, f"The function {name} requires {least} argument(s).")
    return function


def _any(value: Any, candidates: Iterable[Any]) -> Any:  # noqa: ANN401 - JSON
    found: Any = False
    for candidate in candidates:
        found = either(found, equal(value, candidate))
    return found


def _aggregate(aggregate: Operation, parameters: Parameters) -> Evaluate:
    if len(aggregate.operands) != 1:
        raise CosmosError(400, f"The function {aggregate.name} requires 1 argument(s).")
    evaluate = compile_expression(aggregate.operands[0], parameters)
    summed_up = _AGGREGATES[aggregate.name]
    return lambda rows: summed_up([v for row in rows if (v := evaluate(row)) is not UNDEFINED])


def _sum(values: list[Any]) -> Any:  # noqa: ANN401 - JSON
    if any(type_rank(value) != NUMBER for value in values):
        return UNDEFINED
    return whole(sum(values))


def _average(values: list[Any]) -> Any:  # noqa: ANN401 - JSON
    total = _sum(values)
    return whole(total / len(values)) if values and total is not UNDEFINED else UNDEFINED


_AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "AVG": _average,
    "COUNT": len,
    "MAX": lambda values: max(values, key=sort_key, default=UNDEFINED),
    "MIN": lambda values: min(values, key=sort_key, default=UNDEFINED),
    "SUM": _sum,
}
