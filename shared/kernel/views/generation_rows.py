"""The rows of one generation of each view, under the plain names of the views: readers know of no other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.kernel.ports import RowReader, StoredRow
from shared.kernel.views.generation import (
    NEVER_REBUILT,
    Generations,
    generation_name,
    read_generations,
)
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey

KEPT = timedelta(seconds=2)
"""How long it is believed which generation is read: until then the one before it is kept up as well."""


@dataclass(slots=True)
class GenerationRows:
    """Reads the generation that `choose` picks, and looks now and then which that is."""

    rows: RowReader
    choose: Callable[[Generations], int]
    now: Callable[[], datetime]
    _known: Mapping[str, Generations] = field(default_factory=dict)
    _until: datetime | None = None

    async def read(self, at: RowKey) -> StoredRow | None:
        name = await self._name(at.view)
        if name == at.view:
            return await self.rows.read(at)
        stored = await self.rows.read(replace(at, view=name))
        return stored and replace(stored, row=replace(stored.row, at=at))

    async def of_key(self, view: str, key: str) -> list[Row]:
        name = await self._name(view)
        return [_as(view, row) for row in await self.rows.of_key(name, key)]

    async def page(self, listing: Listing) -> list[Row]:
        name = await self._name(listing.view)
        found = await self.rows.page(replace(listing, view=name))
        return [_as(listing.view, row) for row in found]

    async def _name(self, view: str) -> str:
        now = self.now()
        if self._until is None or now >= self._until:
            self._known = await read_generations(self.rows)
            self._until = now + KEPT
        return generation_name(view, self.choose(self._known.get(view, NEVER_REBUILT)))


def _as(view: str, row: Row) -> Row:
    return replace(row, at=replace(row.at, view=view))
