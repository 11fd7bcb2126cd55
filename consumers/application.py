"""The consumers, assembled once a process."""

from consumers.projections import Projections
from shared.adapters import wiring
from shared.domain import domain

_assembled: list[Projections] = []


async def projections() -> Projections:
    """Give the projections of this process."""
    if not _assembled:
        _assembled.append(
            Projections(
                domain.views,
                await wiring.rows(),
                await wiring.event_store(),
                await wiring.parking(),
                wiring.log,
                wiring.now,
            )
        )
    return _assembled[0]
