"""The rows of the views in memory."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.adapters.limits import LARGEST_WRITE
from shared.kernel.errors import StoreRefused
from shared.kernel.ports import ROWS, StoredRow
from shared.kernel.views.listing import Listing, Operator
from shared.kernel.views.view import Row, RowKey

_MEETS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "in": lambda value, wanted: value in wanted,
    ">=": lambda value, least: value is not None and value >= least,
    "<=": lambda value, most: value is not None and value <= most,
    "prefix": lambda value, text: value is not None and value.startswith(text),
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
        def cursor(row: Row) -> tuple[Any, str, str]:
            value = row.data[listing.sort] if listing.sort else None
            return (value is not None, value), row.at.key, row.at.stream

        def fits(row: Row) -> bool:
            return row.at.view == listing.view and all(
                f.field in row.data and _MEETS[f.operator](row.data[f.field], f.value)
                for f in listing.filters
            )

        found = [stored.row for stored in self._rows.values() if fits(stored.row)]
        found.sort(key=cursor, reverse=listing.descending)
        if listing.after is not None:
            last = listing.after
            behind = (last.value is not None, last.value), last.key, last.stream
            before = operator.lt if listing.descending else operator.gt
            found = [row for row in found if before(cursor(row), behind)]
        return found[: listing.limit]
