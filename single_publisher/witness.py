"""The witness of the sweep: the rows, which say what has arrived of a stream."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import Poison
from shared.kernel.messages.commit import Commit
from shared.kernel.messages.envelope import last_envelope
from shared.kernel.ports import RowReader
from shared.kernel.views.view import RowKey, View, places_of


@dataclass(frozen=True, slots=True)
class Witness:
    """Looks into all views, which together fold every category."""

    rows: RowReader
    views: Sequence[View[Any]]

    async def seen(self, commits: Sequence[Commit]) -> dict[str, int]:
        """Tells for one commit of each of some streams which version every row of the stream has seen.

        Of an event that nobody can read nobody has seen anything, or it would be parked. Raises as rows do.
        """
        places: dict[str, list[RowKey]] = defaultdict(list)
        seen: dict[str, int] = {}
        for commit in commits:
            try:
                places[commit.stream] = places_of(self.views, last_envelope(commit))
            except Poison:
                seen[commit.stream] = commit.first - 1
        versions = await self.rows.versions([at for found in places.values() for at in found])
        for commit in commits:
            of_rows = (versions.get(at, 0) for at in places[commit.stream])
            seen.setdefault(commit.stream, min(of_rows, default=commit.version))
        return seen
