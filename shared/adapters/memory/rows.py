"""The rows of the views in memory."""

from shared.kernel.ports import StoredRow
from shared.kernel.view import Row, RowKey


class MemoryRows:
    """Keeps rows with a tag that changes with every write."""

    def __init__(self) -> None:
        self._rows: dict[RowKey, StoredRow] = {}
        self._writes = 0

    async def read(self, at: RowKey) -> StoredRow | None:
        return self._rows.get(at)

    async def write(self, row: Row, replacing: str | None) -> bool:
        stored = self._rows.get(row.at)
        if (stored.tag if stored else None) != replacing:
            return False
        self._writes += 1
        self._rows[row.at] = StoredRow(row, str(self._writes))
        return True

    async def of_key(self, view: str, key: str) -> list[Row]:
        found = [s.row for at, s in self._rows.items() if (at.view, at.key) == (view, key)]
        return sorted(found, key=lambda row: row.at.stream)
