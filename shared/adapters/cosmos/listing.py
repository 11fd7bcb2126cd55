"""A listing as a query of Cosmos DB: keyset paging, so that a page costs the same wherever it is."""

import json
from dataclasses import replace
from typing import Any

from shared.kernel.views.listing import Cursor, Filter, Listing

type Query = tuple[str, list[dict[str, Any]]]


def parts(listing: Listing) -> list[Listing]:
    """Split a listing into those that are asked for one after another.

    The SDK cannot merge ranges whose rows have null and values in the field that is sorted by.
    """
    field, after = listing.sort, listing.after
    if field is None or not listing.nullable:
        return [listing]
    at_null = after is not None and after.value is None
    nulls = replace(
        listing,
        filters=(*listing.filters, Filter(field, "null", value=True)),
        sort=None,
        after=after if at_null else None,
    )
    values = replace(
        listing,
        filters=(*listing.filters, Filter(field, "null", value=False)),
        nullable=False,
        after=None if at_null else after,
    )
    if after is None or at_null != listing.descending:
        return [values, nulls] if listing.descending else [nulls, values]
    return [nulls] if at_null else [values]


def query(listing: Listing) -> Query:
    """Write the query, and its parameters; the names of fields come from the view, never from a client."""
    sorts = [*([_path(listing.sort)] if listing.sort else []), "c.key", "c.stream"]
    conditions, values = _conditions(listing)
    values["@limit"] = listing.limit
    if listing.after is not None:
        after = _values(listing, listing.after)
        names = [f"@after{number}" for number in range(len(after))]
        conditions.append(_behind(sorts, names, "<" if listing.descending else ">"))
        values.update(zip(names, after, strict=True))
    direction = "DESC" if listing.descending else "ASC"
    text = (
        f"SELECT TOP @limit * FROM c WHERE {' AND '.join(conditions)}"  # noqa: S608 - see above
        f" ORDER BY {', '.join(f'{sort} {direction}' for sort in sorts)}"
    )
    return text, _parameters(values)


def count(listing: Listing) -> Query:
    """Write the query that counts the rows of all pages."""
    conditions, values = _conditions(listing)
    text = f"SELECT VALUE COUNT(1) FROM c WHERE {' AND '.join(conditions)}"  # noqa: S608 - see above
    return text, _parameters(values)


def _conditions(listing: Listing) -> tuple[list[str], dict[str, Any]]:
    conditions, values = ["c.view = @view"], dict[str, Any]({"@view": listing.view})
    for number, one in enumerate(listing.filters):
        conditions.append(_condition(one, f"@filter{number}"))
        if one.operator != "null":
            values[f"@filter{number}"] = one.value
    if listing.sort is not None:
        # Whether the store sorts what a row lacks depends on its indexes: it is left out, as filters leave it out.
        conditions.append(f"IS_DEFINED({_path(listing.sort)})")
    return conditions, values


def _parameters(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _path(field: str) -> str:
    # Bare, a name such as `value` or `order` would be a word of the language.
    return f"c.data[{json.dumps(field)}]"


def _condition(one: Filter, name: str) -> str:
    field = _path(one.field)
    match one.operator:
        case "in":
            return f"ARRAY_CONTAINS({name}, {field})"
        case "prefix":
            return f"STARTSWITH({field}, {name})"
        case "null":
            there = f"IS_DEFINED({field}) AND NOT IS_NULL({field})"
            return f"IS_NULL({field})" if one.value else there
        case _:
            return f"{field} {one.operator} {name}"


def _values(listing: Listing, cursor: Cursor) -> list[Any]:
    return [*([cursor.value] if listing.sort else []), cursor.key, cursor.stream]


def _behind(sorts: list[str], names: list[str], comparison: str) -> str:
    """Say "greater in the first, or equal there and greater in the next", and so on."""
    (sort, *other_sorts), (name, *other_names) = sorts, names
    if not other_sorts:
        return f"{sort} {comparison} {name}"
    rest = _behind(other_sorts, other_names, comparison)
    return f"({sort} {comparison} {name} OR ({sort} = {name} AND {rest}))"
