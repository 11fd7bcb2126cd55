"""Generations of views: a rebuild fills the next one while readers stay with the one before it.

Which is which stands in one row beside those of the views, so that one read of it settles a whole batch.
`Generations` says when one goes live; consumers/rebuild.py fills it, and takes the steps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from shared.kernel.ports import ROWS, RowReader, Rows, StoredRow
from shared.kernel.views.listing import Listing
from shared.kernel.views.view import Row, RowKey, View

GENERATIONS = RowKey(view="~generations", key="all", stream="generations-all")

KEPT = timedelta(seconds=2)
"""How long it is believed which generation is read: until then the one before it is kept up as well."""

type Phase = Literal["filling", "serving", "emptying", "done", "stopped"]
type Source = Literal["store", "log"]


class Generations(BaseModel):
    """The generations of one view, by number, and `since` when they are so, by the clock of the store.

    `serving` is read. `oldest`, `serving` and `newest` are kept up by the projections: `newest` may be still
    to fill, and `oldest` alone holds nothing but what the log has brought, so the sweep looks at it.
    From `emptied` up to `oldest` rows are thrown away. `source` is what the newest is, or was last, filled from.
    What `stopped` it is told until the next one begins, whose number is above all that were `given_up`.
    While what is read was filled from the store, and may be `ahead` of the log, none is filled from the log.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    oldest: int = 0
    serving: int = 0
    newest: int = 0
    emptied: int = 0
    since: str = ""
    source: Source = "store"
    stopped: str = ""
    given_up: int = 0
    ahead: bool = False

    @property
    def phase(self) -> Phase:
        """Tell what a rebuild does now."""
        if self.serving < self.newest and not (self.ahead and self.source == "log"):
            return "filling"
        if self.oldest < self.serving:
            return "serving"
        if self.emptied < self.oldest:
            return "emptying"
        return "stopped" if self.stopped else "done"

    def begun(self, since: str, source: Source = "store") -> Self:
        """Begin a new generation; one that was not full yet is given up."""
        newest = max(self.newest, self.given_up) + 1
        news = {"newest": newest, "since": since, "source": source, "stopped": ""}
        return self.model_copy(update=news)

    def ended_by(self, reason: str) -> Self:
        """Give the newest up: it cannot be filled, and nobody writes it any more."""
        news = {"newest": self.serving, "given_up": self.newest, "stopped": reason}
        return self.model_copy(update=news)

    def ended(self, since: str) -> Self:
        """End a phase: the newest is read, or the older ones are kept up no longer, or no row of them is left."""
        filled = {"serving": self.newest, "ahead": self.source == "store"}
        steps = {"filling": filled, "serving": {"oldest": self.serving, "ahead": False}}
        step = steps.get(self.phase, {"emptied": self.oldest})
        return self.model_copy(update={**step, "since": since})


# Constructed, not validated: the model is built only where a view was rebuilt, and nobody's start waits for it.
NEVER_REBUILT = Generations.model_construct()


@dataclass(frozen=True, slots=True)
class KeptUp:
    """The views that projections write, each as a view of its own; `coming` may run ahead of the log.

    A newer generation stands before an older one, and is written before it: so it is never behind.
    """

    standing: Sequence[View[Any]]
    coming: Sequence[View[Any]]


def generation_name(view: str, number: int) -> str:
    """Name the rows of a generation; those of a view that was never rebuilt have its plain name."""
    return f"{view}~{number}" if number else view


def kept_up(views: Sequence[View[Any]], known: Mapping[str, Generations]) -> KeptUp:
    """Give the generations of views that are to be written."""
    standing, coming = list[View[Any]](), list[View[Any]]()
    for view in views:
        own = known.get(view.name, NEVER_REBUILT)
        standing.append(_generation(view, own.oldest))
        later = sorted({own.serving, own.newest} - {own.oldest}, reverse=True)
        coming += [_generation(view, number) for number in later]
    return KeptUp(standing, coming)


async def read_generations(rows: RowReader) -> dict[str, Generations]:
    """Read the generations of all views that were ever rebuilt; raises as rows do."""
    stored = await rows.read(GENERATIONS)
    return _known(stored.row) if stored else {}


async def is_filling(rows: RowReader, generation: str) -> bool:
    """Tell whether a generation is still to be filled, which none is twice; raises as rows do."""
    known = (await read_generations(rows)).items()
    return any(
        one.serving < one.newest and generation_name(view, one.newest) == generation
        for view, one in known
    )


async def change(rows: Rows, view: str, seen: Generations, then: Generations) -> bool:
    """Take a view one step on; False when somebody else has done that meanwhile."""
    written = False
    while not written:
        stored = await rows.read(GENERATIONS)
        row = stored.row if stored else Row(GENERATIONS, 0, {})
        if _known(row).get(view, NEVER_REBUILT) != seen:
            return False
        data = {**row.data, view: then.model_dump(mode="json")}
        changed = replace(row, version=row.version + 1, data=data)
        written = await rows.write(changed, stored.tag if stored else None)
    return True


def _known(row: Row) -> dict[str, Generations]:
    return {view: Generations.model_validate(data) for view, data in row.data.items()}


def _generation(view: View[Any], number: int) -> View[Any]:
    return replace(view, name=generation_name(view.name, number)) if number else view


@dataclass(slots=True)
class GenerationRows:
    """Rows under the plain names of the views: readers know of no other.

    Reads the generation that `choose` picks, and looks now and then which that is. `clock` is monotonic: if it
    were set back, an old generation would be read until it has caught up.
    """

    rows: RowReader
    choose: Callable[[Generations], int]
    clock: Callable[[], float]
    _known: Mapping[str, Generations] = field(default_factory=dict)
    _until: float = -inf

    async def read(self, at: RowKey) -> StoredRow | None:
        name = await self._name(at.view)
        if name == at.view:
            return await self.rows.read(at)
        stored = await self.rows.read(replace(at, view=name))
        return stored and replace(stored, row=replace(stored.row, at=at))

    async def versions(self, places: Sequence[RowKey]) -> Mapping[RowKey, int]:
        names = {replace(at, view=await self._name(at.view)): at for at in places}
        found = await self.rows.versions(list(names))
        return {names[at]: version for at, version in found.items()}

    async def of_key(self, view: str, key: str, after: str = "", limit: int = ROWS) -> list[Row]:
        name = await self._name(view)
        return [_as(view, row) for row in await self.rows.of_key(name, key, after, limit)]

    async def shows(self, view: str, key: str, version: int) -> bool:
        return await self.rows.shows(await self._name(view), key, version)

    async def page(self, listing: Listing) -> list[Row]:
        name = await self._name(listing.view)
        found = await self.rows.page(replace(listing, view=name))
        return [_as(listing.view, row) for row in found]

    async def count(self, listing: Listing) -> int:
        return await self.rows.count(replace(listing, view=await self._name(listing.view)))

    async def _name(self, view: str) -> str:
        now = self.clock()
        if now >= self._until:
            self._known = await read_generations(self.rows)
            self._until = now + KEPT.total_seconds()
        return generation_name(view, self.choose(self._known.get(view, NEVER_REBUILT)))


def _as(view: str, row: Row) -> Row:
    return replace(row, at=replace(row.at, view=view))
