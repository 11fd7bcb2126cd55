"""The final outcomes in memory."""

from shared.kernel.commands.outcome import Fate, FinalOutcome


class MemoryOutcomes:
    """Keeps the first outcome of every command."""

    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, str], FinalOutcome] = {}
        self._fates: dict[tuple[str, str, str], Fate] = {}

    async def read(self, stream: str, command_id: str) -> FinalOutcome | None:
        return self._outcomes.get((stream, command_id))

    async def write(self, outcome: FinalOutcome) -> None:
        self._outcomes.setdefault((outcome.stream, outcome.command_id), outcome)

    async def fate(self, stream: str, command_id: str, digest: str, fate: Fate) -> Fate:
        return self._fates.setdefault((stream, command_id, digest), fate)
