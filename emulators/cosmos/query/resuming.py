"""Where a client goes on with a sort order that it merges itself: behind values, and behind an item that has them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from emulators.cosmos.errors import CosmosError, unsupported
from emulators.cosmos.items import Stored
from emulators.cosmos.query.evaluation import Row, compile_expression
from emulators.cosmos.query.syntax import OrderBy
from emulators.cosmos.query.values import sort_key
from emulators.cosmos.rids import read_rid

type Found = tuple[Row, str, Stored]


class Resume(NamedTuple):
    """The last values that a client has seen, maybe of an item; `exclude` leaves these out as well."""

    values: list[Any]
    item: int | None
    exclude: bool


def read_resume(given: Any) -> Resume | None:  # noqa: ANN401 - JSON
    """Read the filter of a request's body; 400 for what is none."""
    match given:
        case None:
            return None
        case {"value": list(values)}:
            if any(isinstance(value, dict | list) for value in values):
                raise unsupported("going on behind values that are not primitive")
            rid = given.get("rid")
            numbers = read_rid(rid) if isinstance(rid, str) else ()
            return Resume(values, numbers[-1] if numbers else None, given.get("exclude") is True)
    raise CosmosError(400, "The resumeFilter is invalid.")


def behind(resume: Resume, order_by: OrderBy, found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what the client has seen."""
    if len(resume.values) != len(order_by):
        raise CosmosError(400, "The resumeFilter does not fit the order.")
    keys = [(compile_expression(path, {}), down) for path, down in order_by]
    for row, shown, stored in found:
        place = 0
        for (key, down), value in zip(keys, resume.values, strict=True):
            place = place or _compare(key(row), value) * (-1 if down else 1)
        if place == 0 and resume.item is not None:
            place = (stored.number > resume.item) - (stored.number < resume.item)
        if place > 0 or (place == 0 and not resume.exclude):
            yield row, shown, stored


def _compare(left: Any, right: Any) -> int:  # noqa: ANN401 - JSON
    one, other = sort_key(left), sort_key(right)
    return (one > other) - (one < other)
