"""What the kernel asks of the rows of views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row and the tag that a writer must name to replace it."""

    row: Row
    tag: str


ROWS = 100
"""So many rows of a key fit on a page."""


class RowReader(Protocol):
    """The rows of the views, for those who only ask."""

    async def read(self, at: RowKey) -> StoredRow | None:
        """Read one row, as last written."""
        ...

    async def versions(self, places: Sequence[RowKey]) -> Mapping[RowKey, int]:
        """Read the versions of many rows in few requests; those that are not there are missing."""
        ...

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        """Read a page of the rows of one key behind a stream, in the order of their streams."""
        ...

    async def shows(self, view: str, key: str, version: int) -> bool:
        """Tell whether a row of one key has seen a version."""
        ...

    async def page(self, listing: Listing) -> list[Row]:
        """Read the next rows of a view, at most as many as the listing asks for.

        A row that lacks a field is in no listing that filters or sorts by it.
        """
        ...

    async def count(self, listing: Listing) -> int:
        """Count the rows of all pages of a listing."""
        ...


class Rows(RowReader, Protocol):
    """The rows of the views."""

    async def write(self, row: Row, replacing: str | None) -> bool:
        """Create a row, or replace the one with the tag; False when somebody else was first."""
        ...

    async def delete(self, at: RowKey) -> None:
        """Delete a row, if it is there."""
        ...
