"""ORDER BY: which sort orders Cosmos DB has an index for, and what SQLite is told."""

from emulators.cosmos.containers import Container
from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.query.prefilter import column, json_path
from emulators.cosmos.query.syntax import OrderBy

RANKS = (
    "CASE json_type(body, '{}') WHEN 'null' THEN 1 WHEN 'false' THEN 2 WHEN 'true' THEN 2"
    " WHEN 'integer' THEN 3 WHEN 'real' THEN 3 WHEN 'text' THEN 4 WHEN 'array' THEN 5"
    " WHEN 'object' THEN 6 ELSE 0 END"
)
CLASSES = (0, 0, 1, 1, 2, 2, 2)
"""By rank, which types SQLite takes for one: nothing and null, booleans and numbers, texts and what is JSON."""

RANGE = "CAST(rng AS INTEGER)"
"""Ranges in the order in which they were made: what has moved into one that is newer comes again, not never."""


def check_index(container: Container, order_by: OrderBy, pk: str | None) -> None:
    """Refuse a sort order that no index serves."""
    if len(order_by) == 1 and not container.indexing.includes(order_by[0][0].steps[1:]):
        raise CosmosError(
            400, "The index path corresponding to the specified order-by item is excluded."
        )
    _check_composite_index(container, order_by, pk)


def _check_composite_index(container: Container, order_by: OrderBy, pk: str | None) -> None:
    """Refuse a sort order by several properties that no composite index serves, forward or backward."""
    asked = tuple((path.steps[1:], descending) for path, descending in order_by)
    if len(asked) < 2 or (pk is not None and asked[0][0] == container.path):  # noqa: PLR2004 - several
        return
    backward = tuple((steps, not descending) for steps, descending in asked)
    if not container.indexing.composites & {asked, backward}:
        raise CosmosError(
            400,
            "The order by query does not have a corresponding composite index"
            " that it can be served from.",
        )


def terms(container: Container, order_by: OrderBy, pk: str | None, *, ranked: bool) -> list[str]:
    """Write a sort order in SQLite's words; with no sort order asked for, the order of creation."""
    found: list[str] = []
    for path, descending in order_by:
        if pk is not None and path.steps[1:] == container.path:
            continue
        place, direction = column(path), "DESC" if descending else "ASC"
        if place is None:
            raise unsupported(f"ORDER BY of {'.'.join(map(str, path.steps))}")
        # Types first, as JSON's booleans are numbers to SQLite. Where an index may give the order,
        # a term for the types would keep it from doing so.
        if (ranked or pk is None or len(path.steps) > 2) and json_path(path):  # noqa: PLR2004 - alias and name
            found.append(f"{RANKS.format(json_path(path))} {direction}")
        found.append(f"{place} {direction}")
    if pk is None:
        return [*found, RANGE, "n"]
    return found or ["n"]
