"""What SQLite may leave out before the exact evaluation: never too much, and by an index where there is one."""

from collections.abc import Sequence
from typing import Any

from emulators.cosmos.query.evaluation import Parameters, constant
from emulators.cosmos.query.syntax import Constant, Expression, Operation, Parameter, Path, Query

type Condition = tuple[str, list[Any]]

# Properties that the system adds to an item, and no client can set.
SYSTEM = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts"})
MOST_VALUES, DEEPEST = 500, 20
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def condition(
    expression: Expression | None, alias: str, parameters: Parameters
) -> Condition | None:
    """Translate a WHERE to a condition that holds for every item that matches; None when it cannot."""
    found = _condition(expression, alias, parameters)
    # SQLite has limits where Cosmos DB has none: what is too long stays with the exact evaluation.
    return found if found is not None and len(found[1]) <= MOST_VALUES else None


def pinned(query: Query, key: Sequence[str], parameters: Parameters) -> tuple[Any] | None:
    """Find the one value that a WHERE leaves to the partition key; None when it leaves several."""
    operands: tuple[Expression | None, ...] = (query.where,)
    if isinstance(query.where, Operation) and query.where.name == "AND":
        operands = query.where.operands
    for operand in operands:
        match operand:
            case Operation("=", (Path(steps=(alias, *steps)), Constant() | Parameter() as value)):
                pass
            case Operation("=", (Constant() | Parameter() as value, Path(steps=(alias, *steps)))):
                pass
            case _:
                continue
        if alias == query.alias and tuple(steps) == tuple(key) and query.source is None:
            return (constant(value, parameters),)
    return None


def _condition(
    expression: Expression | None, alias: str, parameters: Parameters, depth: int = 0
) -> Condition | None:
    if depth > DEEPEST:
        return None
    match expression:
        case Operation(name="AND", operands=operands):
            parts = [_condition(operand, alias, parameters, depth + 1) for operand in operands]
            found = [part for part in parts if part is not None]
            return _join(" AND ", found) if found else None
        case Operation(name="OR", operands=operands):
            parts = [_condition(operand, alias, parameters, depth + 1) for operand in operands]
            found = [part for part in parts if part is not None]
            return _join(" OR ", found) if len(found) == len(parts) else None
        case Operation(name=name, operands=(Path() as path, other)) if _fits(name, path, alias):
            return _compare(path, name, other, parameters)
        case Operation(name=name, operands=(other, Path() as path)) if _fits(name, path, alias):
            return _compare(path, _FLIPPED[name], other, parameters)
        case Operation(name="ARRAY_CONTAINS", operands=(Parameter() as array, Path() as path)) if (
            path.steps[0] == alias
        ):
            return _one_of(path, constant(array, parameters))
        case _:
            return None


def _fits(name: str, path: Path, alias: str) -> bool:
    return name in _COMPARISONS and path.steps[0] == alias


def column(path: Path) -> str | None:
    """Name a property as SQLite sees it, a top-level one exactly as its index does."""
    if path.steps[1:] == ("_ts",):
        return "CAST(written AS INTEGER)"
    place = json_path(path)
    return f"json_extract(body, '{place}')" if place else None


def json_path(path: Path) -> str | None:
    """Write a path in SQLite's words; None for what the stored body cannot tell."""
    match path.steps:
        # What begins so is added to the body when it is shown, and not stored in it.
        case (_, str(name), *_) if name in SYSTEM:
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
    match value:
        case bool():
            return False
        case int():
            return abs(value) < 2**63
        case str():
            return all(not "\ud800" <= one <= "\udfff" for one in value)
    return isinstance(value, float)


def _join(word: str, parts: list[Condition]) -> Condition:
    texts = word.join(f"({text})" for text, _ in parts)
    return texts, [value for _, values in parts for value in values]
