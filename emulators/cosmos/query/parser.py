"""From text to tree, by the grammar of "SQL queries in Azure Cosmos DB for NoSQL"."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.query.expressions import Expressions
from emulators.cosmos.query.syntax import (
    Expression,
    OrderBy,
    Path,
    Query,
    is_aggregate,
    parts,
)
from emulators.cosmos.query.tokens import unexpected, unresolved

# Descent takes a dozen calls for each parenthesis, and queries may have hundreds.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))

LONGEST_QUERY = 512 * 1024
MOST_JOINS = 10
_CLAUSES = frozenset({"JOIN", "WHERE", "GROUP", "ORDER", "OFFSET", "IN", "AS", "LIMIT"})


def parse(text: str) -> Query:
    """Parse a query; 400 names what is wrong, 501 what is not supported."""
    if not isinstance(text, str):
        raise CosmosError(400, "The query is not a text.")
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_QUERY:
        raise CosmosError(400, f"The query is longer than {LONGEST_QUERY} bytes.")
    return _parse(text)


@lru_cache(maxsize=512)
def _parse(text: str) -> Query:
    parser = _Parser(text)
    try:
        query = parser.query()
        _check(query, parser)
    except RecursionError:
        raise CosmosError(400, "The query is nested too deeply.") from None
    return query


def _check(query: Query, parser: "_Parser") -> None:
    """Refuse what would otherwise be computed wrongly or not at all."""
    if query.top and query.offset:
        raise CosmosError(400, "A query has TOP or OFFSET and LIMIT, not both.")
    if (query.aggregates or query.group_by) and (query.top or query.order_by or query.offset):
        raise unsupported("an aggregate or GROUP BY with TOP, ORDER BY or OFFSET")
    if not query.selected and (query.joins or query.group_by):
        raise CosmosError(400, "'SELECT *' is only valid with a single input set.")
    for part in _parts(query):
        if isinstance(part, Path) and part.steps[0] not in query.names:
            raise unresolved(parser.tokens, str(part.steps[0]))
    if (query.aggregates or query.group_by) and any(map(_is_bare, _selected(query))):
        raise CosmosError(400, "What is selected beside an aggregate must be in GROUP BY.")
    if any(map(is_aggregate, (part for one in _conditions(query) for part in parts(one)))):
        raise CosmosError(400, "An aggregate is not allowed in WHERE, GROUP BY or ORDER BY.")


def _is_bare(pair: tuple[Expression, tuple[Expression, ...]]) -> bool:
    """Tell whether an expression has a path that is neither grouped by nor summed up."""
    expression, grouped = pair
    if expression in grouped or is_aggregate(expression):
        return False
    if isinstance(expression, Path):
        return True
    inner = list(parts(expression))[1:]
    covered = {part for one in inner if one in grouped or is_aggregate(one) for part in parts(one)}
    return any(isinstance(part, Path) and part not in covered for part in inner)


def _selected(query: Query) -> Iterator[tuple[Expression, tuple[Expression, ...]]]:
    return ((one, query.group_by) for one in query.selected)


def _conditions(query: Query) -> list[Expression]:
    where = [query.where] if query.where else []
    return [*where, *query.group_by]


def _parts(query: Query) -> Iterator[Expression]:
    ordered = (path for path, _ in query.order_by)
    for one in (*query.selected, *_conditions(query), *ordered):
        yield from parts(one)


class _Parser(Expressions):
    def query(self) -> Query:
        self.expect("SELECT")
        distinct = self.accept("DISTINCT")
        top = self.primary() if self.accept("TOP") else None
        query = replace(self._selection(), distinct=distinct, top=top)
        if self.accept("FROM"):
            query = self._from(query)
        where = self.expression() if self.accept("WHERE") else None
        group_by = self._group_by() if self.accept("GROUP") else ()
        order_by = self._order_by() if self.accept("ORDER") else ()
        offset = limit = None
        if self.accept("OFFSET"):
            offset = self.primary()
            self.expect("LIMIT")
            limit = self.primary()
        if self.peek().kind != "end":
            raise unexpected(self.peek())
        return replace(
            query, where=where, group_by=group_by, order_by=order_by, offset=offset, limit=limit
        )

    def _selection(self) -> Query:
        if self.accept("*"):
            return Query()
        if self.accept("VALUE"):
            return Query(value=self.expression())
        numbers = iter(range(1, 1000))
        return Query(fields=tuple(self.list_of(lambda: self._field(numbers))))

    def _field(self, numbers: Iterator[int]) -> tuple[str, Expression]:
        expression = self.expression()
        if self.accept("AS"):
            return self.name(), expression
        if isinstance(expression, Path):
            return str(expression.steps[-1]), expression
        return f"${next(numbers)}", expression

    def _from(self, query: Query) -> Query:
        alias = self.name()
        if self.accept("IN"):
            # The name of the container says nothing: there is only one.
            self.name()
            query = replace(query, alias=alias, source=Path((alias, *self.steps())))
        else:
            if self.peek().text in {".", "["}:
                raise unsupported("a path in FROM")
            query = replace(query, alias=self._alias(alias))
        joins = []
        while self.accept("JOIN"):
            name = self.name()
            self.expect("IN")
            path = self.primary()
            if not isinstance(path, Path):
                raise unsupported("JOIN with anything but a path")
            joins.append((name, path))
        if len(joins) > MOST_JOINS:
            raise CosmosError(400, f"A query has at most {MOST_JOINS} JOINs.")
        return replace(query, joins=tuple(joins))

    def _alias(self, name: str) -> str:
        self.accept("AS")
        token = self.peek()
        if token.kind == "name" and token.text.upper() not in _CLAUSES:
            return self.name()
        return name

    def _group_by(self) -> tuple[Expression, ...]:
        self.expect("BY")
        return tuple(self.list_of(self.expression))

    def _order_by(self) -> OrderBy:
        self.expect("BY")
        return tuple(self.list_of(self._order))

    def _order(self) -> tuple[Path, bool]:
        path = self.expression()
        if not isinstance(path, Path):
            raise unsupported("ORDER BY of anything but a path")
        descending = self.accept("DESC")
        if not descending:
            self.accept("ASC")
        return path, descending
