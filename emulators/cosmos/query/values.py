"""Values as Cosmos DB compares them: undefined is not null, and types do not mix."""

from typing import Any, Final


class _Undefined:
    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = _Undefined()

type Truth = bool | _Undefined


def type_rank(value: Any) -> int:  # noqa: ANN401 - JSON
    """Order types: undefined, null, boolean, number, string, array, object."""
    if value is UNDEFINED:
        return 0
    if value is None:
        return 1
    for rank, types in enumerate(((bool,), (int, float), (str,), (list,), (dict,)), start=2):
        if isinstance(value, types):
            return rank
    raise TypeError(f"no JSON value: {value!r}")


def equal(left: Any, right: Any) -> Truth:  # noqa: ANN401 - JSON
    """Compare for equality; undefined when a side is, or when the types differ."""
    if left is UNDEFINED or right is UNDEFINED or type_rank(left) != type_rank(right):
        return UNDEFINED
    return bool(left == right)


def less(left: Any, right: Any) -> Truth:  # noqa: ANN401 - JSON
    """Compare by order; undefined unless both are numbers, texts or booleans."""
    if type_rank(left) != type_rank(right) or type_rank(left) not in {2, 3, 4}:
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
    return rank, value if rank in {2, 3, 4} else 0
