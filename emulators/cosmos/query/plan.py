"""The query plan: what a client asks each physical range for, and how it merges the answers."""

from typing import Any

from emulators.cosmos.query.evaluation import Parameters, whole_number
from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.syntax import Array, Expression, Object, Operation, Path, Query
from emulators.cosmos.query.text import text_of

# The client puts here where to resume each range; azure-cosmos always puts `true`.
RESUME = "{documentdb-formattableorderbyquery-filter}"
EVERYTHING = {"min": "", "max": "FF", "isMinInclusive": True, "isMaxInclusive": False}


def query_plan(text: str, parameters: Parameters) -> dict[str, Any]:
    """Plan a query over all ranges; 400 for what is not supported."""
    query = parse(text)
    return {
        "partitionedQueryExecutionInfoVersion": 2,
        "queryInfo": {
            "distinctType": "None",
            "top": _count(query.top, parameters),
            "offset": _count(query.offset, parameters),
            "limit": _count(query.limit, parameters),
            "orderBy": ["Descending" if down else "Ascending" for _, down in query.order_by],
            "orderByExpressions": [text_of(path) for path, _ in query.order_by],
            "groupByExpressions": [],
            "groupByAliases": [],
            "aggregates": [query.aggregate.name.capitalize()] if query.aggregate else [],
            "groupByAliasToAggregateType": {},
            "rewrittenQuery": _rewritten(query, parameters),
            "hasSelectValue": query.value is not None,
            "hasNonStreamingOrderBy": False,
        },
        "queryRanges": [EVERYTHING],
    }


def _count(expression: Expression | None, parameters: Parameters) -> int | None:
    return None if expression is None else whole_number(expression, parameters)


def _rewritten(query: Query, parameters: Parameters) -> str:
    top = f"TOP {text_of(query.top)} " if query.top else ""
    words = [f"SELECT {top}{_selection(query)}", f"FROM {query.alias}"]
    conditions = _conditions(query)
    if conditions:
        words.append(f"WHERE {' AND '.join(conditions)}")
    if query.order_by:
        terms = (f"{text_of(path)} {'DESC' if down else 'ASC'}" for path, down in query.order_by)
        words.append(f"ORDER BY {', '.join(terms)}")
    if query.offset and query.limit:
        # What is passed over may lie in any range, so the client passes over it after merging.
        reach = whole_number(query.offset, parameters) + whole_number(query.limit, parameters)
        words.append(f"OFFSET 0 LIMIT {reach}")
    return " ".join(words)


def _selection(query: Query) -> str:
    if query.aggregate:
        return f"VALUE {text_of(_item(query.aggregate))}"
    if query.order_by:
        keys = ", ".join(text_of(Object((("item", path),))) for path, _ in query.order_by)
        payload = text_of(_payload(query))
        return f"{query.alias}._rid, [{keys}] AS orderByItems, {payload} AS payload"
    if query.value:
        return f"VALUE {text_of(query.value)}"
    return ", ".join(f"{text_of(field)} AS {name}" for name, field in query.fields) or "*"


def _item(aggregate: Operation) -> Expression:
    return Array((Object((("item", aggregate),)),))


def _payload(query: Query) -> Expression:
    if query.fields:
        return Object(query.fields)
    return query.value or Path((query.alias,))


def _conditions(query: Query) -> list[str]:
    conditions = [f"({text_of(query.where)})"] if query.where else []
    if query.order_by:
        if query.value:
            # A value that is not defined is no result, and a document without payload is an error.
            conditions.append(text_of(Operation("IS_DEFINED", (query.value,))))
        conditions.append(f"({RESUME})")
    return conditions
