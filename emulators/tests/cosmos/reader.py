"""A second reading of the query language, written apart from the emulator's: plain Python over items in memory.

It knows a query as data, not as text. A term is a path, a literal, or an operator or function with its operands.
"""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

MISSING = object()
KINDS: tuple[Any, ...] = (type(None), bool, (int, float), str, list, dict)
NULL, BOOL, NUMBER, STRING, ARRAY, OBJECT = range(6)
ORDERED = frozenset({BOOL, NUMBER, STRING})
ELEMENT = "$t"
"""The path of the element that a JOIN adds to an item."""


@dataclass(frozen=True)
class Asked:
    """What is selected (terms, or an aggregate of one), of which items, in which order, and how many."""

    condition: Any
    selected: tuple[Any, ...] = ()
    aggregate: str = ""
    grouped: str = ""
    order: str = ""
    descending: bool = False
    distinct: bool = False
    skip: int = 0
    take: int | None = None
    on_top: bool = False
    joined: bool = False


def answer(asked: Asked, items: Iterable[dict[str, Any]]) -> list[Any]:
    """Answer a query; without ORDER BY, results come in any order."""
    rows = _joined(items) if asked.joined else list(items)
    kept = [row for row in rows if asked.condition is None or _holds(asked.condition, row) is True]
    if asked.grouped:
        return [_select_group(asked, group) for group in _groups(kept, asked.grouped)]
    if asked.aggregate:
        value = _sum_up(asked.aggregate, [_value(asked.selected[0], row) for row in kept])
        return [] if value is MISSING else [value]
    if asked.order:
        kept.sort(key=lambda row: _place(_at(row, asked.order)), reverse=asked.descending)
    found = [_select(asked, row) for row in kept]
    results = [one for one in found if one is not MISSING]
    if asked.distinct:
        results = list({canonical(one): one for one in reversed(results)}.values())[::-1]
    return results if asked.take is None else results[asked.skip : asked.skip + asked.take]


def canonical(value: Any) -> str:
    """Write a value so that the same is the same: JSON has one kind of number."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _joined(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**item, ELEMENT: element}
        for item in items
        if isinstance(item.get("tags"), list)
        for element in item["tags"]
    ]


def _value(term: Any, row: Any) -> Any:
    match term:
        case str(path):
            return _at(row, path)
        case ("literal", value):
            return value
        case ("??", left, right):
            found = _value(left, row)
            return _value(right, row) if found is MISSING else found
        case ("?:", test, yes, no):
            return _value(yes if _holds(test, row) is True else no, row)
        case (str(name), *operands):
            kind, work = WORKS[name]
            values = [_value(one, row) for one in operands]
            return work(*values) if all(_kind(one) == kind for one in values) else MISSING
    raise ValueError(term)


def _divided(left: float, right: float) -> Any:
    return left / right if right else MISSING


def _left_over(left: float, right: float) -> Any:
    return math.fmod(left, right) if right else MISSING


WORKS: dict[str, tuple[int, Callable[..., Any]]] = {
    "+": (NUMBER, lambda left, right: left + right),
    "-": (NUMBER, lambda left, right: left - right),
    "*": (NUMBER, lambda left, right: left * right),
    "/": (NUMBER, _divided),
    "%": (NUMBER, _left_over),
    "||": (STRING, lambda left, right: left + right),
    "ABS": (NUMBER, abs),
    "FLOOR": (NUMBER, math.floor),
    "CEILING": (NUMBER, math.ceil),
    "LENGTH": (STRING, len),
    "UPPER": (STRING, str.upper),
    "LOWER": (STRING, str.lower),
    "REVERSE": (STRING, lambda text: text[::-1]),
    "ARRAY_LENGTH": (ARRAY, len),
}


def _holds(condition: Any, row: dict[str, Any]) -> bool | None:
    """Judge a row: None is neither true nor false."""
    match condition:
        case ("and" | "or" as word, parts):
            found = [_holds(part, row) for part in parts]
            decides = word == "or"
            return decides if decides in found else None if None in found else not decides
        case ("not", part):
            held = _holds(part, row)
            return None if held is None else not held
        case ("in", term, values):
            return _holds(("or", [("=", term, value) for value in values]), row)
        case ("between", term, low, high):
            return _holds(("and", [(">=", term, low), ("<=", term, high)]), row)
        case ("is", kind, term):
            return _is(kind, _value(term, row))
        case (word, term, value):
            return _judge(word, _value(term, row), value)
    raise ValueError(condition)


def _is(kind: str, value: Any) -> bool:
    if kind == "DEFINED" or value is MISSING:
        return value is not MISSING
    kinds = {"PRIMITIVE": {NULL, *ORDERED}, "BOOL": {BOOL}, "NULL": {NULL}, "ARRAY": {ARRAY}}
    kinds |= {"NUMBER": {NUMBER}, "STRING": {STRING}, "OBJECT": {OBJECT}}
    return _kind(value) in kinds[kind]


def _judge(word: str, found: Any, value: Any) -> bool | None:
    if word == "ARRAY_CONTAINS":
        same = (
            (canonical(one) == canonical(value) for one in found) if _kind(found) == ARRAY else ()
        )
        return any(same) if _kind(found) == ARRAY else None
    if not word.isupper():
        return _compare(word, found, value)
    if _kind(found) != STRING:
        return None
    match word:
        case "STARTSWITH":
            return str(found).startswith(value)
        case "ENDSWITH":
            return str(found).endswith(value)
        case "CONTAINS":
            return value in found
    return _is_like(found, value)


def _is_like(text: str, pattern: str) -> bool:
    """Match the letters of a text one by one: % stands for any, _ for one."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(_is_like(text[begin:], pattern[1:]) for begin in range(len(text) + 1))
    return bool(text) and pattern[0] in {"_", text[0]} and _is_like(text[1:], pattern[1:])


def _compare(sign: str, left: Any, right: Any) -> bool | None:
    if left is MISSING or _kind(left) != _kind(right):
        return None
    same = canonical(left) == canonical(right)
    if sign in {"=", "!="}:
        return same if sign == "=" else not same
    if _kind(left) not in ORDERED:
        # Without ORDER BY they may still be the same, which `<=` asks as well.
        return True if same and sign in {"<=", ">="} else None
    held = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return bool(held[sign])


def _kind(value: Any) -> int:
    return next((n for n, kind in enumerate(KINDS) if isinstance(value, kind)), -1)


def _place(value: Any) -> tuple[int, Any]:
    return _kind(value), value if _kind(value) in ORDERED else 0


def _at(row: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(row, dict) or step not in row:
            return MISSING
        row = row[step]
    return row


def _select(asked: Asked, row: dict[str, Any]) -> Any:
    if not asked.selected:
        return row
    values = [_value(term, row) for term in asked.selected]
    if len(values) == 1:
        return values[0]
    return {f"f{n}": value for n, value in enumerate(values) if value is not MISSING}


def _groups(rows: list[dict[str, Any]], path: str) -> list[list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        value = _at(row, path)
        groups.setdefault("" if value is MISSING else canonical(value), []).append(row)
    return list(groups.values())


def _select_group(asked: Asked, group: list[dict[str, Any]]) -> dict[str, Any]:
    value = _sum_up(asked.aggregate, [_value(asked.selected[0], row) for row in group])
    pairs = {"key": _at(group[0], asked.grouped), "value": value}
    return {name: one for name, one in pairs.items() if one is not MISSING}


def _sum_up(aggregate: str, values: list[Any]) -> Any:
    found = [value for value in values if value is not MISSING]
    if aggregate == "COUNT":
        return len(found)
    if aggregate in {"MIN", "MAX"}:
        chosen = min if aggregate == "MIN" else max
        return chosen(found, key=_place) if found else MISSING
    if any(_kind(value) != NUMBER for value in found):
        return MISSING
    if aggregate == "SUM":
        return sum(found)
    return sum(found) / len(found) if found else MISSING
