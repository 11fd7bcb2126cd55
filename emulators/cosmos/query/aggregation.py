"""COUNT, SUM, MIN and MAX over what a query found."""

from collections.abc import Iterable
from typing import Any

from emulators.cosmos.errors import unsupported
from emulators.cosmos.query.evaluation import Parameters, compile_expression
from emulators.cosmos.query.syntax import Operation, Query
from emulators.cosmos.query.values import UNDEFINED, sort_key, type_rank

NUMBER = type_rank(0)


def aggregated(query: Query, parameters: Parameters, items: Iterable[Any]) -> Any:  # noqa: ANN401
    """Compute the aggregate of a query, bare or in the shape that a query plan asks each range for."""
    if query.aggregate is None:
        raise ValueError("The query has no aggregate.")
    value = _aggregate(query.aggregate, parameters, items)
    if query.value is query.aggregate:
        return None if value is UNDEFINED else value
    # A range without values leaves the item out: the client would take null for the least value.
    return [{} if value is UNDEFINED else {"item": value}]


def _aggregate(aggregate: Operation, parameters: Parameters, items: Iterable[Any]) -> Any:  # noqa: ANN401
    if len(aggregate.operands) != 1:
        raise unsupported(f"{aggregate.name} with {len(aggregate.operands)} operands")
    evaluate = compile_expression(aggregate.operands[0], parameters)
    values = (value for item in items if (value := evaluate(item)) is not UNDEFINED)
    match aggregate.name:
        case "COUNT":
            return sum(1 for _ in values)
        case "SUM":
            return sum(map(_number, values))
        case "MAX":
            return max(values, key=sort_key, default=UNDEFINED)
        case _:
            return min(values, key=sort_key, default=UNDEFINED)


def _number(value: Any) -> float:  # noqa: ANN401 - JSON
    if type_rank(value) != NUMBER:
        raise unsupported("SUM over anything but numbers")
    number: float = value
    return number
