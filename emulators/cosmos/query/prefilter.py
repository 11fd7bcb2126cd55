"""What SQLite may leave out before the exact evaluation: never too much, and by an index where there is one."""

from typing import Any

from emulators.cosmos.query.evaluation import Parameters, constant
from emulators.cosmos.query.syntax import Constant, Expression, Operation, Parameter, Path

type Condition = tuple[str, list[Any]]

_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def condition(expression: Expression | None, parameters: Parameters) -> Condition | None:
    """Translate a WHERE to a condition that holds for every item that matches; None when it cannot."""
    match expression:
        case Operation(name="AND", operands=(left, right)):
            parts = [condition(left, parameters), condition(right, parameters)]
            found = [part for part in parts if part is not None]
            return _join(" AND ", found) if found else None
        case Operation(name="OR", operands=(left, right)):
            parts = [condition(left, parameters), condition(right, parameters)]
            found = [part for part in parts if part is not None]
            return _join(" OR ", found) if len(found) == len(parts) else None
        case Operation(name=name, operands=(Path() as path, other)) if name in _COMPARISONS:
            return _compare(path, name, other, parameters)
        case Operation(name=name, operands=(other, Path() as path)) if name in _COMPARISONS:
            return _compare(path, _FLIPPED[name], other, parameters)
        case Operation(name="ARRAY_CONTAINS", operands=(Parameter() as array, Path() as path)):
            return _one_of(path, constant(array, parameters))
        case _:
            return None


def column(path: Path) -> str | None:
    """Name a property as SQLite sees it, a top-level one exactly as its index does."""
    place = json_path(path)
    return f"json_extract(body, '{place}')" if place else None


def json_path(path: Path) -> str | None:
    """Write a path in SQLite's words; None for what the stored body cannot tell."""
    match path.steps:
        # What begins so is added to the body when it is shown, and not stored in it.
        case (_, str(name), *_) if name.startswith("_"):
            return None
        case (_, *steps) if steps and all(map(_is_plain, steps)):
            return "$" + "".join(f".{s}" if isinstance(s, str) else f"[{s}]" for s in steps)
        case _:
            return None


def _is_plain(step: str | int) -> bool:
    if isinstance(step, str):
        return step.isascii() and step.isidentifier()
    return step >= 0


def _compare(
    path: Path, operator: str, other: Expression, parameters: Parameters
) -> Condition | None:
    place = column(path)
    if place is None or not isinstance(other, Constant | Parameter):
        return None
    value = constant(other, parameters)
    if not _is_comparable(value):
        return None
    return f"{place} {operator} ?", [value]


def _one_of(path: Path, values: Any) -> Condition | None:  # noqa: ANN401 - JSON
    place = column(path)
    if place is None or not isinstance(values, list) or not all(map(_is_comparable, values)):
        return None
    return f"{place} IN ({', '.join('?' * len(values))})", list(values)


def _is_comparable(value: Any) -> bool:  # noqa: ANN401 - JSON
    # JSON's booleans are numbers to SQLite, and null is nothing: those stay with the exact evaluation.
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _join(word: str, parts: list[Condition]) -> Condition:
    texts = word.join(f"({text})" for text, _ in parts)
    return texts, [value for _, values in parts for value in values]
