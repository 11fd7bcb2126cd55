"""The rows of the views in memory."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.adapters.size_limits import LARGEST_WRITE
from shared.kernel.errors import StoreRefused
from shared.kernel.ports import ROWS, StoredRow
from shared.kernel.views.listing import Listing, Operator
from shared.kernel.views.view import Row, RowKey

type _Place = tuple[bool, Any]


def _place(value: Any) -> _Place:  # noqa: ANN401 - JSON
    """Tell where a value stands in the order of the store: null before all others."""
    return value is not None, value


def _alike(value: Any, wanted: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether the store compares two values: 1 and true are of two kinds there."""
    both = {type(value), type(wanted)}
    return len(both) == 1 or both == {int, float}


_MEETS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: _alike(value, wanted) and value == wanted,
    "in": lambda value, wanted: any(_alike(value, one) and value == one for one in wanted),
    ">=": lambda value, least: _alike(value, least) and value >= least,
    "<=": lambda value, most: _alike(value, most) and value <= most,
    "prefix": lambda value, text: isinstance(value, str) and value.startswith(text),
    "null": lambda value, wanted: (value is None) == wanted,
}


class MemoryRows:
    """Keeps rows with a tag that changes with every write."""

    def __init__(self) -> None:
        self._rows: dict[RowKey, StoredRow] = {}
        self._writes = 0

    async def read(self, at: RowKey) -> StoredRow | None:
        return self._rows.get(at)

    async def versions(self, places: Sequence[RowKey]) -> Mapping[RowKey, int]:
        return {at: self._rows[at].row.version for at in places if at in self._rows}

    async def write(self, row: Row, replacing: str | None) -> bool:
        size = len(json.dumps(row.data))
        if size > LARGEST_WRITE:
            raise StoreRefused(f"a row of {size} bytes")
        stored = self._rows.get(row.at)
        if (stored.tag if stored else None) != replacing:
            return False
        self._writes += 1
        self._rows[row.at] = StoredRow(row, str(self._writes))
        return True

    async def delete(self, at: RowKey) -> None:
        self._rows.pop(at, None)

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        found = [row for row in self._of(view, key) if row.at.stream > after]
        return sorted(found, key=lambda row: row.at.stream)[:limit]

    async def shows(self, view: str, key: str, version: int) -> bool:
        return any(row.version >= version for row in self._of(view, key))

    def _of(self, view: str, key: str) -> list[Row]:
        return [s.row for at, s in self._rows.items() if (at.view, at.key) == (view, key)]

    def all(self) -> list[Row]:
        """Everything that is stored."""
        return [stored.row for stored in self._rows.values()]

    async def page(self, listing: Listing) -> list[Row]:
        def place(value: Any, key: str, stream: str) -> tuple[_Place, str, str]:  # noqa: ANN401 - JSON
            return _place(value), key, stream

        def cursor(row: Row) -> tuple[_Place, str, str]:
            value = row.data[listing.sort] if listing.sort else None
            return place(value, row.at.key, row.at.stream)

        found = sorted(self._listed(listing), key=cursor, reverse=listing.descending)
        if listing.after is not None:
            behind = place(listing.after.value, listing.after.key, listing.after.stream)
            before = operator.lt if listing.descending else operator.gt
            found = [row for row in found if before(cursor(row), behind)]
        return found[: listing.limit]

    async def count(self, listing: Listing) -> int:
        return len(self._listed(listing))

    def _listed(self, listing: Listing) -> list[Row]:
        needed = {one.field for one in listing.filters} | {listing.sort or ""} - {""}

        def fits(row: Row) -> bool:
            return (row.at.view == listing.view and needed <= row.data.keys()) and all(
                _MEETS[one.operator](row.data[one.field], one.value) for one in listing.filters
            )

        return [row for row in self.all() if fits(row)]
