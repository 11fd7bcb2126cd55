"""Values as Cosmos DB compares them: undefined is not null, and types do not mix."""

import json
from typing import Any, Final


class _Undefined:
    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = _Undefined()

type Truth = bool | _Undefined

BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = 2, 3, 4, 5, 6
_RANKS: dict[type, int] = {
    _Undefined: 0,
    type(None): 1,
    bool: BOOLEAN,
    int: NUMBER,
    float: NUMBER,
    str: STRING,
    list: ARRAY,
    dict: OBJECT,
}
_ORDERED = frozenset({BOOLEAN, NUMBER, STRING})


def type_rank(value: Any) -> int:  # noqa: ANN401 - JSON
    """Order types: undefined, null, boolean, number, string, array, object."""
    return _RANKS[type(value)]


def same(left: Any, right: Any) -> bool:  # noqa: ANN401 - JSON
    """Compare two JSON values, types and all: true is not 1, deep inside as well."""
    if type_rank(left) != type_rank(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    return bool(left == right)


def equal(left: Any, right: Any) -> Truth:  # noqa: ANN401 - JSON
    """Compare for equality; undefined when a side is, or when the types differ."""
    if left is UNDEFINED or right is UNDEFINED or type_rank(left) != type_rank(right):
        return UNDEFINED
    return same(left, right)


def less(left: Any, right: Any) -> Truth:  # noqa: ANN401 - JSON
    """Compare by order; undefined unless both are numbers, texts or booleans."""
    if type_rank(left) != type_rank(right) or type_rank(left) not in _ORDERED:
        return UNDEFINED
    return bool(left < right)


def negate(value: Any) -> Truth:  # noqa: ANN401 - JSON
    """NOT in three-valued logic."""
    return not value if isinstance(value, bool) else UNDEFINED


def both(left: Any, right: Any) -> Truth:  # noqa: ANN401 - JSON
    """AND in three-valued logic: false wins over undefined."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else UNDEFINED


def either(left: Any, right: Any) -> Truth:  # noqa: ANN401 - JSON
    """OR in three-valued logic: true wins over undefined."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else UNDEFINED


def sort_key(value: Any) -> tuple[int, Any]:  # noqa: ANN401 - JSON
    """Order any two values, types first."""
    rank = type_rank(value)
    return rank, value if rank in _ORDERED else 0


def identity(value: Any) -> str:  # noqa: ANN401 - JSON
    """Write a value so that the same values are the same text."""
    return "undefined" if value is UNDEFINED else json.dumps(whole(value), sort_keys=True)


def whole(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Write numbers without a fraction as whole ones: JSON has one kind of number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(element) for element in value]
    if isinstance(value, dict):
        return {name: whole(element) for name, element in value.items()}
    return value
