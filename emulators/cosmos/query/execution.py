"""Runs a query over a partition, a physical range or a whole container, page by page."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import COLUMNS, Stored
from emulators.cosmos.query.aggregation import aggregated
from emulators.cosmos.query.evaluation import Parameters, compile_expression, whole_number
from emulators.cosmos.query.ordering import check_composite_index, terms
from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.prefilter import condition
from emulators.cosmos.query.syntax import Query
from emulators.cosmos.query.values import UNDEFINED, sort_key

CANNOT_SERVE = 1004

type Visible = Callable[[Stored], str | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a query looks: one partition key, one physical range, or everywhere."""

    container: Container
    pk: str | None = None
    range: str | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """Narrow the items to the scope."""
        text, values = "container = ?", [self.container.number]
        if self.pk is not None:
            return f"{text} AND pk = ?", [*values, self.pk]
        if self.range is not None:
            return f"{text} AND rng = ?", [*values, self.range]
        return text, values


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results (as JSON texts), where to go on, and how many items were looked at."""

    results: list[str]
    continuation: str | None
    looked_at: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it was asked: the text, its parameters, the size of a page, where to go on."""

    text: str
    parameters: Parameters
    size: int
    continuation: str | None


class Start(NamedTuple):
    """Where a page begins: how many matches came before it, behind which item, and the last item to see.

    Later pages show nothing newer than the first. Where the query sorts, `after` is None: matches are counted.
    """

    place: int
    after: tuple[str, int] | None
    bound: int


class Match(NamedTuple):
    """An item that matches: as it is stored, read, and shown."""

    stored: Stored
    item: Any
    shown: str


def run(db: sqlite3.Connection, scope: Scope, asked: Asked, visible: Visible) -> Page:
    """Run a query from its beginning or from where the last page ended."""
    query, parameters, size = parse(asked.text), asked.parameters, asked.size
    check_composite_index(scope.container, query.order_by, scope.pk)
    if scope.pk is None and scope.range is None and _needs_one_partition(query):
        raise CosmosError(400, "The gateway cannot serve this query.", substatus=CANNOT_SERVE)
    start = _begin(db, asked.continuation)
    matches = _Matches(scope.container, query, parameters, visible)
    found = matches.of(_candidates(db, scope, query, parameters, start))
    if query.aggregate:
        result = aggregated(query, parameters, (match.item for match in found))
        return Page([json.dumps(result)], None, matches.looked_at)
    window = _window(query, parameters)
    results: list[str] = []
    last: Stored | None = None
    for place, match in enumerate(found, start=start.place if start.after else 0):
        if place >= window.stop:
            break
        if place < max(window.start, start.place):
            continue
        if len(results) == size and last is not None:
            after = None if query.order_by else (last.range, last.number)
            token = json.dumps(Start(place, after, start.bound))
            return Page(results, token, matches.looked_at)
        results.append(_project(query, parameters, match.item, match.shown))
        last = match.stored
    return Page(results, None, matches.looked_at)


class _Matches:
    """Evaluates candidates exactly, and counts what it looked at."""

    def __init__(
        self, container: Container, query: Query, parameters: Parameters, visible: Visible
    ) -> None:
        self.looked_at = 0
        self._container = container
        self._query = query
        self._visible = visible
        self._where = compile_expression(query.where, parameters) if query.where else None

    def of(self, candidates: Iterable[Stored]) -> Iterator[Match]:
        found = self._filtered(candidates)
        return self._sorted(found) if self._query.order_by else found

    def _filtered(self, candidates: Iterable[Stored]) -> Iterator[Match]:
        for candidate in candidates:
            self.looked_at += 1
            shown = self._visible(candidate)
            if shown is None:
                continue
            item = json.loads(shown)
            if self._where is None or self._where(item) is True:
                yield Match(candidate, item, shown)

    def _sorted(self, found: Iterator[Match]) -> Iterator[Match]:
        """Check the order that SQLite gave: it is exact as long as each property keeps to one type."""
        keys = [compile_expression(path, {}) for path, _ in self._query.order_by]
        types: list[set[int]] = [set() for _ in keys]
        for match in found:
            for seen, key in zip(types, keys, strict=True):
                seen.add(sort_key(key(match.item))[0])
                if len(seen) > 1:
                    raise unsupported("ORDER BY over values of several types")
            yield match


def _candidates(
    db: sqlite3.Connection, scope: Scope, query: Query, parameters: Parameters, start: Start
) -> Iterator[Stored]:
    where, values = scope.condition()
    narrowed = condition(query.where, parameters)
    if narrowed is not None:
        where, values = f"{where} AND ({narrowed[0]})", values + narrowed[1]
    if start.after is not None:
        # Going over what came before, page after page, would make long results quadratic.
        where, values = f"{where} AND (rng, n) > (?, ?)", [*values, *start.after]
    order = ", ".join(terms(scope.container, query.order_by, scope.pk))
    # A partial index is used only when its condition stands in the query as a literal.
    where = where.replace("container = ?", f"container = {scope.container.number}", 1)
    rows = db.execute(
        f"SELECT {COLUMNS} FROM items WHERE {where} AND n <= ? ORDER BY {order}",  # noqa: S608
        [*values[1:], start.bound],
    )
    return (Stored(*row) for row in rows)


def _begin(db: sqlite3.Connection, continuation: str | None) -> Start:
    if continuation is not None:
        place, after, bound = json.loads(continuation)
        return Start(int(place), (str(after[0]), int(after[1])) if after else None, int(bound))
    last = db.execute("SELECT COALESCE(MAX(n), 0) FROM items").fetchone()[0]
    return Start(0, None, int(last))


def _window(query: Query, parameters: Parameters) -> range:
    start = whole_number(query.offset, parameters) if query.offset else 0
    most = query.limit or query.top
    return range(start, start + whole_number(most, parameters) if most else 2**62)


def _needs_one_partition(query: Query) -> bool:
    return bool(query.order_by or query.top or query.aggregate or query.offset)


def _project(query: Query, parameters: Parameters, item: Any, shown: str) -> str:  # noqa: ANN401
    if query.value is not None:
        return json.dumps(_defined(compile_expression(query.value, parameters)(item)))
    if not query.fields:
        return shown
    pairs = ((name, compile_expression(field, parameters)(item)) for name, field in query.fields)
    return json.dumps({name: value for name, value in pairs if value is not UNDEFINED})


def _defined(value: Any) -> Any:  # noqa: ANN401 - JSON
    if value is UNDEFINED:
        raise unsupported("SELECT VALUE of what is not defined in every item")
    return value
