"""The rows of a query: an item under each name that FROM and JOIN give, and what is selected of them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from emulators.cosmos.query.evaluation import (
    Parameters,
    Row,
    compile_expression,
    compile_grouped,
    whole_number,
)
from emulators.cosmos.query.syntax import Expression, Object, Query
from emulators.cosmos.query.values import UNDEFINED, identity


class Result[Source](NamedTuple):
    """A result as JSON, and the item that it comes from, if it is one."""

    text: str
    source: Source


class Rows:
    """What a query makes of items: rows that match, then results."""

    def __init__(self, query: Query, parameters: Parameters) -> None:
        self._query = query
        self._parameters = parameters
        self._where = compile_expression(query.where, parameters) if query.where else None
        self._arrays = [
            (name, compile_expression(path, parameters))
            for name, path in [
                *([(query.alias, query.source)] if query.source else []),
                *query.joins,
            ]
        ]
        self._grouped = bool(query.aggregates or query.group_by)

    def of(self, item: Any) -> Iterator[Row]:  # noqa: ANN401 - JSON
        """Give the rows of an item that match."""
        rows: list[Row] = [{self._query.alias: item}]
        for name, array in self._arrays:
            rows = [
                {**row, name: element}
                for row in rows
                if isinstance(elements := array(row), list)
                for element in elements
            ]
        return (row for row in rows if self._where is None or self._where(row) is True)

    def results[Source](
        self, rows: Iterable[tuple[Row, str, Source]]
    ) -> Iterator[Result[Source | None]]:
        """Select of rows, each given with its item as JSON and where that comes from."""
        found = self._groups(rows) if self._grouped else self._each(rows)
        return self._distinct(found) if self._query.distinct else found

    def window(self) -> range:
        """Tell which results are asked for."""
        query, parameters = self._query, self._parameters
        start = whole_number(query.offset, parameters) if query.offset else 0
        most = query.limit or query.top
        return range(start, start + whole_number(most, parameters) if most else 2**62)

    def _each[Source](
        self, rows: Iterable[tuple[Row, str, Source]]
    ) -> Iterator[Result[Source | None]]:
        query = self._query
        if not query.selected:
            for row, text, source in rows:
                yield Result(text if query.source is None else _json(row[query.alias]), source)
            return
        select = compile_expression(_selection(query), self._parameters)
        for row, _, source in rows:
            if (value := select(row)) is not UNDEFINED:
                yield Result(_json(value), source)

    def _groups[Source](
        self, rows: Iterable[tuple[Row, str, Source]]
    ) -> Iterator[Result[Source | None]]:
        keys = [compile_expression(key, self._parameters) for key in self._query.group_by]
        groups: dict[tuple[str, ...], list[Row]] = {} if keys else {(): []}
        for row, _, _ in rows:
            groups.setdefault(tuple(identity(key(row)) for key in keys), []).append(row)
        select = compile_grouped(_selection(self._query), self._parameters)
        for group in groups.values():
            if (value := select(group)) is not UNDEFINED:
                yield Result(_json(value), None)

    def _distinct[Source](self, found: Iterable[Result[Source]]) -> Iterator[Result[Source]]:
        seen: set[str] = set()
        for result in found:
            key = identity(json.loads(result.text))
            if key not in seen:
                seen.add(key)
                yield result


def _selection(query: Query) -> Expression:
    return query.value if query.value is not None else Object(query.fields)


def _json(value: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(value, separators=(",", ":"))
