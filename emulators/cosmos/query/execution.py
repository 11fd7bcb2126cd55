"""Runs a query over a partition, a physical range or a whole container, page by page."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from emulators.cosmos import words
from emulators.cosmos.change_feed import LARGEST_PAGE
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import COLUMNS, Stored
from emulators.cosmos.query.evaluation import Parameters, compile_expression
from emulators.cosmos.query.ordering import CLASSES, RANGE, RANKS, check_index, terms
from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.plan import needs_merging, query_plan
from emulators.cosmos.query.prefilter import condition, json_path
from emulators.cosmos.query.resuming import Found, Resume, behind
from emulators.cosmos.query.rows import Rows
from emulators.cosmos.query.syntax import Constant, Query
from emulators.cosmos.query.values import type_rank
from emulators.cosmos.scope import Scope

CANNOT_SERVE = 1004

type Visible = Callable[[Stored], str | None]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results (as JSON texts), where to go on, and how many items were looked at.

    An index alone serves some queries: of those, no item was `retrieved`.
    """

    results: list[str]
    continuation: str | None
    looked_at: int
    retrieved: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it was asked: the text, its parameters, the size of a page, where to go on."""

    text: str
    parameters: Parameters
    size: int
    continuation: str | None
    resume: Resume | None = None


class Start(NamedTuple):
    """Where a page begins: how many results came before it, behind which item, and the last item to see.

    Later pages show nothing newer than the first. Where the query sorts, `after` is None: results are counted.
    """

    place: int
    after: tuple[int, int] | None
    bound: int
    ranked: bool = False


class SeveralTypesError(Exception):
    """SQLite gives values of these types a sort order that Cosmos DB does not."""


def run(db: sqlite3.Connection, scope: Scope, asked: Asked, visible: Visible) -> Page:
    """Run a query from its beginning or from where the last page ended."""
    query = parse(asked.text)
    check_index(scope.container, query.order_by, scope.pk)
    if not scope.is_single and needs_merging(query):
        plan = json.dumps(query_plan(asked.text, asked.parameters))
        raise CosmosError(
            400,
            "Cross partition query only supports 'VALUE <AggregateFunc>' for aggregates."
            if query.aggregates and query.value is None
            else "The provided cross partition query can not be directly served by the gateway."
            " This is a first chance (internal) exception that all newer clients will know how to"
            " handle gracefully.",
            substatus=CANNOT_SERVE,
            more={"additionalErrorInfo": plan},
        )
    start = _begin(db, asked.continuation)
    try:
        return _page(db, scope, asked, visible, start)
    except SeveralTypesError:
        if start.place:
            raise unsupported("ORDER BY over values of several types") from None
        return _page(db, scope, asked, visible, start._replace(ranked=True))


def _page(
    db: sqlite3.Connection, scope: Scope, asked: Asked, visible: Visible, start: Start
) -> Page:
    query = parse(asked.text)
    looking = _Looking(query, asked.parameters, visible)
    found = looking.at(_candidates(db, scope, query, asked.parameters, start))
    if query.order_by and not start.ranked:
        found = _checked(query, found)
    if asked.resume is not None:
        found = behind(asked.resume, query.order_by, found)
    rows = Rows(query, asked.parameters)
    window = rows.window()
    results: list[str] = []
    last: Stored | None = None
    size = 0
    for place, result in enumerate(rows.results(found), start=start.place if start.after else 0):
        if place >= window.stop:
            break
        if place < max(window.start, start.place):
            continue
        size += len(result.text)
        if len(results) == asked.size or (results and size > LARGEST_PAGE):
            if query.order_by and not start.ranked and not start.place:
                _check_types(db, scope, query, asked.parameters, start)
            after = (int(last.range), last.number) if last and _is_plain(query) else None
            token = json.dumps(Start(place, after, start.bound, start.ranked))
            return Page(results, token, looking.count, looking.count)
        results.append(result.text)
        last = result.source
    return Page(results, None, looking.count, 0 if _only_counts(query) else looking.count)


def _only_counts(query: Query) -> bool:
    """Tell whether a query counts all items, whatever is in them."""
    return (
        bool(query.aggregates)
        and all(
            one.name == "COUNT" and isinstance(one.operands[0], Constant)
            for one in query.aggregates
        )
        and not (query.where or query.joins or query.source or query.group_by)
    )


def _is_plain(query: Query) -> bool:
    """Tell whether results come one for an item, in the order of storage: a page may begin behind an item."""
    return not (query.order_by or query.distinct or query.joins or query.source)


class _Looking:
    """Evaluates candidates exactly, and counts what it looked at."""

    def __init__(self, query: Query, parameters: Parameters, visible: Visible) -> None:
        self.count = 0
        self._rows = Rows(query, parameters)
        self._visible = visible

    def at(self, candidates: Iterable[Stored]) -> Iterator[Found]:
        for candidate in candidates:
            self.count += 1
            shown = self._visible(candidate)
            if shown is not None:
                for row in self._rows.of(json.loads(shown)):
                    yield row, shown, candidate


def _checked(query: Query, found: Iterable[Found]) -> Iterator[Found]:
    """Check the order that SQLite gave: it is exact unless types mix that are one to SQLite."""
    keys = [compile_expression(path, {}) for path, _ in query.order_by]
    types: list[set[int]] = [set() for _ in keys]
    for row, shown, stored in found:
        for seen, key in zip(types, keys, strict=True):
            seen.add(type_rank(key(row)))
            if len({CLASSES[rank] for rank in seen}) < len(seen):
                raise SeveralTypesError
        yield row, shown, stored


def _check_types(
    db: sqlite3.Connection, scope: Scope, query: Query, parameters: Parameters, start: Start
) -> None:
    """Look whether types mix on the pages to come: the first decides on the order of all."""
    where, values = _condition(scope, query, parameters, start)
    for place in filter(None, (json_path(path) for path, _ in query.order_by)):
        rows = db.execute(
            f"SELECT DISTINCT {RANKS.format(place)} FROM items WHERE {where}",  # noqa: S608 - own names
            values,
        )
        ranks = [CLASSES[rank] for (rank,) in rows]
        if len(set(ranks)) < len(ranks):
            raise SeveralTypesError


def _candidates(
    db: sqlite3.Connection, scope: Scope, query: Query, parameters: Parameters, start: Start
) -> Iterator[Stored]:
    where, values = _condition(scope, query, parameters, start)
    if start.after is not None:
        # Going over what came before, page after page, would make long results quadratic.
        where, values = f"{where} AND ({RANGE}, n) > (?, ?)", [*values, *start.after]
    order = ", ".join(terms(scope.container, query.order_by, scope.pk, ranked=start.ranked))
    rows = db.execute(f"SELECT {COLUMNS} FROM items WHERE {where} ORDER BY {order}", values)  # noqa: S608
    return (Stored(*row) for row in rows)


def _condition(
    scope: Scope, query: Query, parameters: Parameters, start: Start
) -> tuple[str, list[Any]]:
    """Write what candidates have in common, in SQLite's words."""
    where, values = scope.condition()
    narrowed = condition(query, scope.container.path, parameters)
    if narrowed is not None:
        where, values = f"{where} AND ({narrowed[0]})", values + narrowed[1]
    # A partial index is used only when its condition stands in the query as a literal.
    where = f"container = {scope.container.number} AND {where} AND n <= ?"
    return where, [*values, start.bound]


def _begin(db: sqlite3.Connection, continuation: str | None) -> Start:
    if continuation is None:
        last = db.execute("SELECT COALESCE(MAX(n), 0) FROM items").fetchone()[0]
        return Start(0, None, int(last))
    match _read(continuation):
        case [int(place), None, int(bound), bool(ranked)]:
            return Start(place, None, bound, ranked)
        case [int(place), [int(range_), int(number)], int(bound), bool(ranked)]:
            return Start(place, (range_, number), bound, ranked)
    raise CosmosError(400, words.BAD_CONTINUATION)


def _read(continuation: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(continuation)
    except (ValueError, RecursionError):
        return None
