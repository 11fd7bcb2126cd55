"""What a replenishment decides: once a shortage, and never for one that a later shortage has overtaken."""

from dataclasses import dataclass, replace

from shared.domain.shop.replenishment.commands import RecordReplenishmentRequest
from shared.domain.shop.replenishment.events import ReplenishmentRequested


@dataclass(frozen=True, slots=True)
class Replenishment:
    """The last shortage for which more was requested."""

    last_shortage: int = 0


def decide(
    command: RecordReplenishmentRequest, state: Replenishment
) -> tuple[ReplenishmentRequested, ...]:
    """Take the fact, unless it or a later one is known."""
    if command.shortage <= state.last_shortage:
        return ()
    return (ReplenishmentRequested(shortage=command.shortage),)


def evolve(state: Replenishment, event: ReplenishmentRequested) -> Replenishment:
    """Remember one event."""
    return replace(state, last_shortage=event.shortage)
