"""What must be true at every write, not only in the end: kept up commit by commit, by plain arithmetic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consumers.hub_partitions import NOTE
from shared.adapters.memory import MemoryProgress
from shared.kernel.delivery.lag import place_in
from shared.kernel.messages.commit import Commit

ADDS = {"StockReceived": 1, "StockAdjusted": 1, "StockReserved": -1, "ReservationReleased": 1}
"""What a piece in an event does to what is available."""


@dataclass
class Watch:
    """Sees every commit when it is stored, and keeps what it found wrong."""

    adds: Mapping[str, int] = field(default_factory=lambda: ADDS)
    one_clock: bool = True
    wrong: list[str] = field(default_factory=list)
    _versions: Counter[str] = field(default_factory=Counter)
    _available: Counter[str] = field(default_factory=Counter)
    _times: dict[str, str] = field(default_factory=dict)
    _ids: set[tuple[str, str]] = field(default_factory=set)

    def saw(self, commits: Sequence[Commit]) -> None:
        """Look at commits that were just stored, in their order."""
        for commit in commits:
            stream = commit.stream
            if commit.first != self._versions[stream] + 1:
                behind = self._versions[stream]
                self.wrong.append(f"{stream}@{commit.first} was stored behind version {behind}")
            self._versions[stream] = commit.version
            if (stream, commit.command_id) in self._ids:
                self.wrong.append(f"{stream}: {commit.command_id} has a second effect")
            self._ids.add((stream, commit.command_id))
            # Whoever decided it had seen what came before it.
            if commit.time < self._times.get(stream, "") and self.one_clock:
                self.wrong.append(f"{stream}@{commit.first} is dated before what it was decided on")
            self._times[stream] = commit.time
            for event in commit.events:
                adds = self.adds.get(event.type, 0) * event.data.get("quantity", 0)
                self._available[stream] += adds
            if self._available[stream] < 0:
                self.wrong.append(f"{stream} was oversold at version {commit.version}")


class Places(MemoryProgress):
    """Places of consumers, of which none goes back: no hub of a simulation is made anew."""

    def __init__(self, back: list[str]) -> None:
        super().__init__()
        self.back = back

    async def advance(self, name: str, position: str, replacing: str | None) -> str | None:
        known = self.positions.get(name, position)
        tag = await super().advance(name, position, replacing)
        if (
            tag is not None
            and not name.endswith(NOTE)
            and place_in(position)[0] < place_in(known)[0]
        ):
            self.back.append(f"the place {name} goes back from {known} to {position}")
        return tag
