"""The functions and operators of the query language: each gives undefined for operands of another type."""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from emulators.cosmos.errors import unsupported
from emulators.cosmos.query.values import (
    ARRAY,
    BOOLEAN,
    NUMBER,
    OBJECT,
    STRING,
    UNDEFINED,
    same,
    type_rank,
    whole,
)

type Function = Callable[..., Any]


def _typed(function: Function, *types: int) -> Function:
    """Call only with operands of these types; a last operand may be left out."""

    def call(*operands: Any) -> Any:  # noqa: ANN401 - JSON
        expected = types[: len(operands)]
        if any(type_rank(one) != rank for one, rank in zip(operands, expected, strict=True)):
            return UNDEFINED
        return function(*operands)

    return call


def _number(function: Function, *types: int) -> Function:
    def compute(*operands: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            result = function(*operands)
            return whole(result) if math.isfinite(result) else UNDEFINED
        except (ArithmeticError, ValueError):
            return UNDEFINED

    return _typed(compute, *types)


def _is(*types: int) -> Function:
    return lambda value: type_rank(value) in types


def _remainder(left: float, right: float) -> float:
    return math.fmod(left, right)


def _round(value: float) -> float:
    # Halves go away from zero.
    return math.copysign(math.floor(abs(value) + 0.5), value)


def _contains(text: str, part: str, without_case: bool = False) -> bool:  # noqa: FBT001, FBT002
    return part.lower() in text.lower() if without_case else part in text


def _starts(text: str, part: str, without_case: bool = False) -> bool:  # noqa: FBT001, FBT002
    return text.lower().startswith(part.lower()) if without_case else text.startswith(part)


def _ends(text: str, part: str, without_case: bool = False) -> bool:  # noqa: FBT001, FBT002
    return text.lower().endswith(part.lower()) if without_case else text.endswith(part)


def _equals(text: str, other: str, without_case: bool = False) -> bool:  # noqa: FBT001, FBT002
    return text.lower() == other.lower() if without_case else text == other


def _substring(text: str, start: int, length: int) -> str:
    begin = max(int(start), 0)
    return text[begin : begin + max(int(length), 0)]


def _concat(*texts: Any) -> Any:  # noqa: ANN401 - JSON
    return "".join(texts) if all(isinstance(text, str) for text in texts) else UNDEFINED


def _array_contains(array: Any, value: Any, partly: Any = False) -> Any:  # noqa: ANN401, FBT002 - JSON
    if not isinstance(array, list) or value is UNDEFINED:
        return UNDEFINED
    return any(
        _part(element, value) if partly is True else same(element, value) for element in array
    )


def _part(element: Any, value: Any) -> bool:  # noqa: ANN401 - JSON
    if not (isinstance(element, dict) and isinstance(value, dict)):
        return same(element, value)
    return all(name in element and _part(element[name], value[name]) for name in value)


def _like(text: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    if "[" in pattern:
        raise unsupported("character classes in LIKE")
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(one, re.escape(one)) for one in pattern), re.DOTALL)


_TEXTS = (STRING, STRING, BOOLEAN)
_NUMBERS = (NUMBER, NUMBER)

FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "ABS": (1, 1, _number(abs, NUMBER)),
    "ARRAY_CONTAINS": (2, 3, _array_contains),
    "ARRAY_LENGTH": (1, 1, _typed(len, ARRAY)),
    "CEILING": (1, 1, _number(math.ceil, NUMBER)),
    "CONCAT": (2, 99, _concat),
    "CONTAINS": (2, 3, _typed(_contains, *_TEXTS)),
    "ENDSWITH": (2, 3, _typed(_ends, *_TEXTS)),
    "FLOOR": (1, 1, _number(math.floor, NUMBER)),
    "INDEX_OF": (2, 2, _typed(str.find, STRING, STRING)),
    "IS_ARRAY": (1, 1, _is(ARRAY)),
    "IS_BOOL": (1, 1, _is(BOOLEAN)),
    "IS_DEFINED": (1, 1, lambda value: value is not UNDEFINED),
    "IS_NULL": (1, 1, lambda value: value is None),
    "IS_NUMBER": (1, 1, _is(NUMBER)),
    "IS_OBJECT": (1, 1, _is(OBJECT)),
    "IS_PRIMITIVE": (1, 1, lambda value: 1 <= type_rank(value) <= STRING),
    "IS_STRING": (1, 1, _is(STRING)),
    "LENGTH": (1, 1, _typed(len, STRING)),
    "LOWER": (1, 1, _typed(str.lower, STRING)),
    "LTRIM": (1, 1, _typed(str.lstrip, STRING)),
    "POWER": (2, 2, _number(math.pow, *_NUMBERS)),
    "REPLACE": (3, 3, _typed(str.replace, STRING, STRING, STRING)),
    "REVERSE": (1, 1, _typed(lambda text: text[::-1], STRING)),
    "ROUND": (1, 1, _number(_round, NUMBER)),
    "RTRIM": (1, 1, _typed(str.rstrip, STRING)),
    "SQRT": (1, 1, _number(math.sqrt, NUMBER)),
    "STARTSWITH": (2, 3, _typed(_starts, *_TEXTS)),
    "STRINGEQUALS": (2, 3, _typed(_equals, *_TEXTS)),
    "SUBSTRING": (3, 3, _typed(_substring, STRING, NUMBER, NUMBER)),
    "TRIM": (1, 1, _typed(str.strip, STRING)),
    "UPPER": (1, 1, _typed(str.upper, STRING)),
}
OPERATORS: dict[str, Function] = {
    "+": _number(lambda left, right: left + right, *_NUMBERS),
    "-": _number(lambda left, right: left - right, *_NUMBERS),
    "*": _number(lambda left, right: left * right, *_NUMBERS),
    "/": _number(lambda left, right: left / right, *_NUMBERS),
    "%": _number(_remainder, *_NUMBERS),
    "||": _concat,
    "LIKE": _typed(_like, STRING, STRING),
    "NEGATIVE": _number(lambda value: -value, NUMBER),
    "??": lambda left, right: right if left is UNDEFINED else left,
    "?:": lambda test, yes, no: yes if test is True else no,
}
