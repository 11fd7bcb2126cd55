"""The witness of the sweep: the rows, which say what has arrived of a stream; what has not, sweep.py mends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import Poison
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import last_envelope
from shared.kernel.ports import RowReader
from shared.kernel.views.folding import places_of
from shared.kernel.views.view import RowKey, View


@dataclass(frozen=True, slots=True)
class Witness:
    """Looks into all views, which together fold every category."""

    rows: RowReader
    views: Sequence[View[Any]]

    def knows(self, category: str) -> bool:
        """Tells whether any view folds a category: only newer code knows what has been seen of another."""
        return any(view.folds(category) for view in self.views)

    async def seen(self, commits: Sequence[Commit]) -> dict[str, int]:
        """Tells for one commit of each of some streams which version every row of the stream has seen.

        Of an event that this code cannot read, nobody has seen anything: it would be parked. Raises as rows do.
        """
        places: dict[str, list[RowKey]] = {}
        for commit in commits:
            try:
                places[commit.stream] = places_of(self.views, last_envelope(commit))
            except Poison:
                places[commit.stream] = []
        versions = await self.rows.versions([at for found in places.values() for at in found])
        seen: dict[str, int] = {}
        for commit in commits:
            of_rows = (versions.get(at, 0) for at in places[commit.stream])
            seen[commit.stream] = min(of_rows, default=commit.first - 1)
        return seen
