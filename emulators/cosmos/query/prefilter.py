"""What SQLite may leave out before the exact evaluation: never too much, and by an index where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emulators.cosmos.partition_keys import key_text
from emulators.cosmos.query.evaluation import Parameters, constant
from emulators.cosmos.query.syntax import Constant, Expression, Operation, Parameter, Path, Query

type Condition = tuple[str, list[Any]]

# Properties that the system adds to an item, and no client can set.
SYSTEM = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts"})
MOST_VALUES, DEEPEST = 30_000, 20
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def condition(query: Query, key: Sequence[str], parameters: Parameters) -> Condition | None:
    """Translate a WHERE to a condition that holds for every item that matches; None when it cannot."""
    if query.source:
        return None
    found = _Translation(query.alias, tuple(key), parameters).condition(query.where)
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


@dataclass(frozen=True, slots=True)
class _Translation:
    """Knows what the query calls an item, and where the partition key stands in it."""

    alias: str
    key: tuple[str, ...]
    parameters: Parameters

    def condition(self, expression: Expression | None, depth: int = 0) -> Condition | None:
        if depth > DEEPEST:
            return None
        match expression:
            case Operation(name="AND" | "OR" as name, operands=operands):
                parts = [self.condition(operand, depth + 1) for operand in operands]
                found = [part for part in parts if part is not None]
                usable = bool(found) if name == "AND" else len(found) == len(parts)
                return _join(f" {name} ", found) if usable else None
            case Operation(name=name, operands=(Path() as path, other)) if self._fits(name, path):
                return self._compare(path, name, other)
            case Operation(name=name, operands=(other, Path() as path)) if self._fits(name, path):
                return self._compare(path, _FLIPPED[name], other)
            case Operation(name="ARRAY_CONTAINS", operands=(Parameter() as array, Path() as path)):
                is_ours = path.steps[0] == self.alias
                return _one_of(path, constant(array, self.parameters)) if is_ours else None
        return None

    def _fits(self, name: str, path: Path) -> bool:
        return name in _COMPARISONS and path.steps[0] == self.alias

    def _compare(self, path: Path, operator: str, other: Expression) -> Condition | None:
        place = column(path)
        if place is None or not isinstance(other, Constant | Parameter):
            return None
        value = constant(other, self.parameters)
        if not _is_comparable(value):
            return None
        if operator == "=" and path.steps[1:] == self.key:
            # Its column leads every index.
            return "pk = ?", [key_text(value)]
        return f"{place} {operator} ?", [value]


def column(path: Path) -> str | None:
    """Name a property as SQLite sees it, a top-level one exactly as its index does."""
    if path.steps[1:] == ("_ts",):
        return "CAST(written AS INTEGER)"
    if path.steps[1:] == ("id",):
        return "id"
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
    """Join in halves: SQLite nests what stands in a row, and only so deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    (left, before), (right, behind) = _join(word, parts[:middle]), _join(word, parts[middle:])
    return f"({left}){word}({right})", [*before, *behind]
