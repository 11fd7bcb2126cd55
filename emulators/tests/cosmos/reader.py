"""A second reading of the query language, written apart from the emulator's: plain Python over items in memory.

It knows a query as data, not as text: `to_text` writes what the emulator is asked.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MISSING = object()
KINDS: tuple[Any, ...] = (type(None), bool, (int, float), str, list, dict)


@dataclass(frozen=True)
class Asked:
    """What is selected (paths, or an aggregate of one), of which items, in which order, and how many."""

    condition: Any
    selected: tuple[str, ...] = ()
    aggregate: str = ""
    grouped: str = ""
    order: str = ""
    descending: bool = False
    distinct: bool = False
    skip: int = 0
    take: int | None = None


def to_text(asked: Asked) -> str:
    """Write a query."""
    words = ["SELECT", *(["DISTINCT"] if asked.distinct else []), _selection(asked), "FROM c"]
    if asked.condition is not None:
        words += ["WHERE", _condition(asked.condition)]
    if asked.grouped:
        words += ["GROUP BY", f"c.{asked.grouped}"]
    if asked.order:
        words += ["ORDER BY", f"c.{asked.order}", "DESC" if asked.descending else "ASC"]
    if asked.take is not None:
        words += [f"OFFSET {asked.skip} LIMIT {asked.take}"]
    return " ".join(words)


def answer(asked: Asked, items: Iterable[dict[str, Any]]) -> list[Any]:
    """Answer a query; without ORDER BY, results come in any order."""
    kept = [
        item for item in items if asked.condition is None or _holds(asked.condition, item) is True
    ]
    if asked.grouped:
        return [_select_group(asked, group) for group in _groups(kept, asked.grouped)]
    if asked.aggregate:
        value = _sum_up(asked.aggregate, [_at(item, asked.selected[0]) for item in kept])
        return [] if value is MISSING else [value]
    if asked.order:
        kept.sort(key=lambda item: _place(_at(item, asked.order)), reverse=asked.descending)
    found = [_select(asked, item) for item in kept]
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


def _selection(asked: Asked) -> str:
    if asked.grouped:
        return f"c.{asked.grouped} AS key, {asked.aggregate}(c.{asked.selected[0]}) AS value"
    if asked.aggregate:
        return f"VALUE {asked.aggregate}(c.{asked.selected[0]})"
    if len(asked.selected) == 1:
        return f"VALUE c.{asked.selected[0]}"
    return ", ".join(f"c.{path} AS f{n}" for n, path in enumerate(asked.selected)) or "*"


def _condition(condition: Any) -> str:
    match condition:
        case ("and" | "or" as word, parts):
            return f"({f' {word.upper()} '.join(map(_condition, parts))})"
        case ("not", part):
            return (
                f"NOT {_condition(part)}"
                if part[0] in {"and", "or"}
                else f"NOT ({_condition(part)})"
            )
        case ("in", path, values):
            return f"c.{path} IN ({', '.join(map(json.dumps, values))})"
        case ("between", path, low, high):
            return f"c.{path} BETWEEN {json.dumps(low)} AND {json.dumps(high)}"
        case ("defined", path):
            return f"IS_DEFINED(c.{path})"
        case ("contains", path, value):
            return f"ARRAY_CONTAINS(c.{path}, {json.dumps(value)})"
        case ("starts", path, value):
            return f"STARTSWITH(c.{path}, {json.dumps(value)})"
        case (sign, path, value):
            return f"c.{path} {sign} {json.dumps(value)}"
    raise ValueError(condition)


def _holds(condition: Any, item: dict[str, Any]) -> bool | None:
    """Judge an item: None is neither true nor false."""
    match condition:
        case ("and" | "or" as word, parts):
            found = [_holds(part, item) for part in parts]
            decides = word == "or"
            return decides if decides in found else None if None in found else not decides
        case ("not", part):
            held = _holds(part, item)
            return None if held is None else not held
        case ("in", path, values):
            return _holds(("or", [("=", path, value) for value in values]), item)
        case ("between", path, low, high):
            return _holds(("and", [(">=", path, low), ("<=", path, high)]), item)
        case (word, path, *values):
            return _judge(word, _at(item, path), *values)
    raise ValueError(condition)


def _judge(word: str, found: Any, value: Any = None) -> bool | None:
    match word:
        case "defined":
            return found is not MISSING
        case "contains" if isinstance(found, list):
            return any(canonical(one) == canonical(value) for one in found)
        case "starts" if isinstance(found, str):
            return found.startswith(value)
        case "contains" | "starts":
            return None
    return _compare(word, found, value)


def _compare(sign: str, left: Any, right: Any) -> bool | None:
    if left is MISSING or _kind(left) != _kind(right):
        return None
    same = canonical(left) == canonical(right)
    if sign in {"=", "!="}:
        return same if sign == "=" else not same
    if _kind(left) not in {1, 2, 3}:
        # Without ORDER BY they may still be the same, which `<=` asks as well.
        return True if same and sign in {"<=", ">="} else None
    held = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return bool(held[sign])


def _kind(value: Any) -> int:
    return next(n for n, kind in enumerate(KINDS) if isinstance(value, kind))


def _place(value: Any) -> tuple[int, Any]:
    if value is MISSING:
        return -1, 0
    return _kind(value), value if _kind(value) in {1, 2, 3} else 0


def _at(item: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(item, dict) or step not in item:
            return MISSING
        item = item[step]
    return item


def _select(asked: Asked, item: dict[str, Any]) -> Any:
    if not asked.selected:
        return item
    values = [_at(item, path) for path in asked.selected]
    if len(values) == 1:
        return values[0]
    return {f"f{n}": value for n, value in enumerate(values) if value is not MISSING}


def _groups(items: list[dict[str, Any]], path: str) -> list[list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        value = _at(item, path)
        groups.setdefault("" if value is MISSING else canonical(value), []).append(item)
    return list(groups.values())


def _select_group(asked: Asked, group: list[dict[str, Any]]) -> dict[str, Any]:
    value = _sum_up(asked.aggregate, [_at(item, asked.selected[0]) for item in group])
    pairs = {"key": _at(group[0], asked.grouped), "value": value}
    return {name: one for name, one in pairs.items() if one is not MISSING}


def _sum_up(aggregate: str, values: list[Any]) -> Any:
    found = [value for value in values if value is not MISSING]
    if aggregate == "COUNT":
        return len(found)
    if aggregate in {"MIN", "MAX"}:
        chosen = min if aggregate == "MIN" else max
        return chosen(found, key=_place) if found else MISSING
    if any(_kind(value) != 2 for value in found):
        return MISSING
    if aggregate == "SUM":
        return sum(found)
    return sum(found) / len(found) if found else MISSING
