"""From tree to closures that evaluate an item."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.cosmos.errors import CosmosError, unsupported
from infra.local.cosmos.query.syntax import Constant, Expression, Operation, Parameter, Path
from infra.local.cosmos.query.values import UNDEFINED, both, either, equal, less, negate

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
