"""From tree to closures that evaluate an item."""

from collections.abc import Callable, Mapping
from typing import Any

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.query.syntax import (
    Array,
    Constant,
    Expression,
    Object,
    Operation,
    Parameter,
    Path,
)
from emulators.cosmos.query.values import UNDEFINED, both, either, equal, less, negate

type Parameters = Mapping[str, Any]
type Evaluate = Callable[[Any], Any]

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": equal,
    "!=": lambda left, right: negate(equal(left, right)),
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: either(less(left, right), equal(left, right)),
    ">=": lambda left, right: either(less(right, left), equal(left, right)),
    "AND": both,
    "OR": either,
}


def compile_expression(expression: Expression, parameters: Parameters) -> Evaluate:
    """Make a function of an item; 400 for an unknown parameter or function."""
    match expression:
        case Constant(value=value):
            return lambda _item: value
        case Parameter():
            given = constant(expression, parameters)
            return lambda _item: given
        case Path(steps=steps):
            return _path(steps[1:])
        case Operation():
            return _operation(expression, parameters)
        case Array(elements=elements):
            made = [compile_expression(element, parameters) for element in elements]
            return lambda item: [v for one in made if (v := one(item)) is not UNDEFINED]
        case Object(pairs=pairs):
            return _object(pairs, parameters)


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


def _object(pairs: tuple[tuple[str, Expression], ...], parameters: Parameters) -> Evaluate:
    made = [(name, compile_expression(value, parameters)) for name, value in pairs]

    def build(item: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return {name: value for name, one in made if (value := one(item)) is not UNDEFINED}

    return build


def _path(steps: tuple[str | int, ...]) -> Evaluate:
    if len(steps) == 1 and isinstance(steps[0], str):
        name = steps[0]
        return lambda item: item.get(name, UNDEFINED)

    def walk(item: Any) -> Any:  # noqa: ANN401 - JSON
        for step in steps:
            if isinstance(step, str) and isinstance(item, dict):
                item = item.get(step, UNDEFINED)
            elif isinstance(step, int) and isinstance(item, list) and 0 <= step < len(item):
                item = item[step]
            else:
                return UNDEFINED
        return item

    return walk


def _operation(operation: Operation, parameters: Parameters) -> Evaluate:
    operands = [compile_expression(operand, parameters) for operand in operation.operands]
    match operation.name, operands:
        case name, [left, right] if name in COMPARE:
            compare = COMPARE[name]
            return lambda item: compare(left(item), right(item))
        case "NOT", [inner]:
            return lambda item: negate(inner(item))
        case "IN", [left, *candidates]:
            return lambda item: _any(left(item), [candidate(item) for candidate in candidates])
        case "BETWEEN", [value, low, high]:
            at_least, at_most = COMPARE[">="], COMPARE["<="]
            return lambda item: both(
                at_least(value(item), low(item)), at_most(value(item), high(item))
            )
        case "ARRAY_CONTAINS", [array, value]:
            return lambda item: _contains(array(item), value(item))
        case "IS_DEFINED", [inner]:
            return lambda item: inner(item) is not UNDEFINED
        case "STARTSWITH", [text, start]:
            return lambda item: _starts(text(item), start(item))
        case _:
            raise unsupported(f"{operation.name} with {len(operands)} operands")


def _any(value: Any, candidates: list[Any]) -> Any:  # noqa: ANN401 - JSON
    found: Any = False
    for candidate in candidates:
        found = either(found, equal(value, candidate))
    return found


def _contains(array: Any, value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(array, list) or value is UNDEFINED:
        return UNDEFINED
    return any(equal(element, value) is True for element in array)


def _starts(text: Any, start: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(text, str) or not isinstance(start, str):
        return UNDEFINED
    return text.startswith(start)
