"""A listing as a query of Cosmos DB: keyset paging, so that a page costs the same wherever it is."""

from typing import Any

from shared.kernel.views.listing import Cursor, Listing

type Query = tuple[str, list[dict[str, Any]]]


def query(listing: Listing) -> Query:
    """Write the query, and its parameters; the names of fields come from the view, never from a client."""
    sorts = [*([f"c.data.{listing.sort}"] if listing.sort else []), "c.key", "c.stream"]
    conditions, values = ["c.view = @view"], {"@view": listing.view, "@limit": listing.limit}
    for number, one in enumerate(listing.filters):
        conditions.append(f"c.data.{one.field} {one.operator} @filter{number}")
        values[f"@filter{number}"] = one.value
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
    return text, [{"name": name, "value": value} for name, value in values.items()]


def _values(listing: Listing, cursor: Cursor) -> list[Any]:
    return [*([cursor.value] if listing.sort else []), cursor.key, cursor.stream]


def _behind(sorts: list[str], names: list[str], comparison: str) -> str:
    """Say "greater in the first, or equal there and greater in the next", and so on."""
    (sort, *other_sorts), (name, *other_names) = sorts, names
    if not other_sorts:
        return f"{sort} {comparison} {name}"
    rest = _behind(other_sorts, other_names, comparison)
    return f"({sort} {comparison} {name} OR ({sort} = {name} AND {rest}))"
