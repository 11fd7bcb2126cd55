"""The query plan: what a client asks each physical range for, and how it merges the answers."""

from typing import Any

from emulators.cosmos.errors import CosmosError
from emulators.cosmos.query.evaluation import Parameters, whole_number
from emulators.cosmos.query.parser import parse
from emulators.cosmos.query.syntax import (
    Array,
    Expression,
    Object,
    Operation,
    Path,
    Query,
    is_aggregate,
    parts,
)
from emulators.cosmos.query.text import text_of

# The client puts here where to resume each range; azure-cosmos always puts `true`.
RESUME = "{documentdb-formattableorderbyquery-filter}"
EVERYTHING = {"min": "", "max": "FF", "isMinInclusive": True, "isMaxInclusive": False}
NAMES = {"AVG": "Average", "COUNT": "Count", "MAX": "Max", "MIN": "Min", "SUM": "Sum"}


def needs_merging(query: Query) -> bool:
    """Tell whether the answers of several ranges are not simply one after another."""
    return bool(
        query.order_by
        or query.top
        or query.offset
        or query.distinct
        or query.group_by
        or query.aggregates
    )


def query_plan(
    text: str, parameters: Parameters, features: frozenset[str] | None = None
) -> dict[str, Any]:
    """Plan a query over all ranges; 400 for what the client cannot merge, if it says what it can."""
    query = parse(text)
    if features is not None and (missing := _features(query) - features):
        raise CosmosError(
            400,
            "Query contains 1 or more unsupported features. Upgrade your SDK to a version that does"
            " support the requested features:\n"
            + "\n".join(
                f"\tQuery contained {name}, which the calling client does not support."
                for name in sorted(missing)
            ),
        )
    grouped = _is_grouped(query)
    aggregates = [] if grouped else [NAMES[one.name] for one in query.aggregates]
    return {
        "partitionedQueryExecutionInfoVersion": 2,
        "queryInfo": {
            "distinctType": _distinct(query),
            "top": _count(query.top, parameters),
            "offset": _count(query.offset, parameters),
            "limit": _count(query.limit, parameters),
            "orderBy": ["Descending" if down else "Ascending" for _, down in query.order_by],
            "orderByExpressions": [text_of(path) for path, _ in query.order_by],
            "groupByExpressions": [text_of(key) for key in query.group_by],
            "groupByAliases": [name for name, _ in query.fields] if grouped else [],
            "aggregates": aggregates,
            "groupByAliasToAggregateType": _types(query) if grouped else {},
            "rewrittenQuery": _rewritten(query, parameters),
            "hasSelectValue": query.value is not None,
            "hasNonStreamingOrderBy": False,
        },
        "queryRanges": [EVERYTHING],
    }


def _features(query: Query) -> frozenset[str]:
    used = {
        "Aggregate": bool(query.aggregates),
        "NonValueAggregate": bool(query.aggregates) and query.value is None,
        "Distinct": query.distinct,
        "GroupBy": bool(query.group_by),
        "MultipleOrderBy": len(query.order_by) > 1,
        "OffsetAndLimit": bool(query.offset),
        "OrderBy": bool(query.order_by),
        "Top": bool(query.top),
    }
    return frozenset(name for name, needed in used.items() if needed)


def _is_grouped(query: Query) -> bool:
    return bool(query.group_by or (query.aggregates and query.value is None))


def _distinct(query: Query) -> str:
    return ("Ordered" if query.order_by else "Unordered") if query.distinct else "None"


def _types(query: Query) -> dict[str, str | None]:
    return {
        name: NAMES[field.name] if isinstance(field, Operation) and is_aggregate(field) else None
        for name, field in query.fields
    }


def _count(expression: Expression | None, parameters: Parameters) -> int | None:
    return None if expression is None else whole_number(expression, parameters)


def _rewritten(query: Query, parameters: Parameters) -> str:
    distinct = "DISTINCT " if query.distinct else ""
    # With ORDER BY, each item is a row of its own: only the client knows which are the same.
    whole = query.distinct and bool(query.order_by)
    top = f"TOP {text_of(query.top)} " if query.top and not whole else ""
    words = [f"SELECT {distinct}{top}{_selection(query)}", f"FROM {_source(query)}"]
    words += [f"JOIN {name} IN {text_of(path)}" for name, path in query.joins]
    if conditions := _conditions(query):
        words.append(f"WHERE {' AND '.join(conditions)}")
    if query.group_by:
        words.append(f"GROUP BY {', '.join(map(text_of, query.group_by))}")
    if query.order_by:
        terms = (f"{text_of(path)} {'DESC' if down else 'ASC'}" for path, down in query.order_by)
        words.append(f"ORDER BY {', '.join(terms)}")
    if query.offset and query.limit and not whole:
        # What is passed over may lie in any range, so the client passes over it after merging.
        reach = whole_number(query.offset, parameters) + whole_number(query.limit, parameters)
        words.append(f"OFFSET 0 LIMIT {reach}")
    return " ".join(words)


def _source(query: Query) -> str:
    if query.source is None:
        return query.alias
    return f"{query.alias} IN {text_of(query.source)}"


def _selection(query: Query) -> str:
    if _is_grouped(query):
        keys = ", ".join(text_of(Object((("item", key),))) for key in query.group_by)
        grouped = f"[{keys}] AS groupByItems, " if query.group_by else ""
        return f"{grouped}{text_of(_mergeable(_payload(query)))} AS payload"
    if query.aggregates and query.value is not None:
        _check_whole(query)
        return f"VALUE {text_of(Array((_partial(query.aggregates[0]),)))}"
    if query.order_by:
        keys = ", ".join(text_of(Object((("item", path),))) for path, _ in query.order_by)
        payload = text_of(_payload(query))
        return f"{query.alias}._rid, [{keys}] AS orderByItems, {payload} AS payload"
    if query.value:
        return f"VALUE {text_of(query.value)}"
    return ", ".join(f"{text_of(field)} AS {name}" for name, field in query.fields) or "*"


def _check_whole(query: Query) -> None:
    if query.value != query.aggregates[0]:
        raise CosmosError(400, "Compositions of aggregates and other expressions are not allowed.")


def _mergeable(payload: Expression) -> Expression:
    """Write a selection so that a client can merge the aggregates in it."""
    if not isinstance(payload, Object):
        return _partial(payload)
    for _, value in payload.pairs:
        if not is_aggregate(value) and any(map(is_aggregate, parts(value))):
            raise CosmosError(
                400, "Compositions of aggregates and other expressions are not allowed."
            )
    return Object(tuple((name, _partial(value)) for name, value in payload.pairs))


def _partial(value: Expression) -> Expression:
    """Write what a range gives for an aggregate: enough for the client to go on with."""
    if not (isinstance(value, Operation) and is_aggregate(value)):
        return value
    count, total = Operation("COUNT", value.operands), Operation("SUM", value.operands)
    if value.name == "AVG":
        return Object((("item", Object((("sum", total), ("count", count)))),))
    if value.name in {"MIN", "MAX"}:
        # A range without values has no item: whoever merges would take null for the least.
        both = Object(((value.name.lower(), value), ("count", count)))
        return Object((("item", value), ("item2", both)))
    return Object((("item", value),))


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
