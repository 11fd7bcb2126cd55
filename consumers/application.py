"""The consumers, assembled once a process."""

from consumers.projections import CONSUMER, Projections
from shared.adapters import wiring
from shared.adapters.http.lag import Lags
from shared.adapters.http.operations import Operations
from shared.adapters.names import PROJECTIONS, SINGLE_PUBLISHER
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


async def operations() -> Operations:
    """Give what operators do with streams that are parked for the projections."""
    running = await projections()
    return Operations(CONSUMER, running.parking, running.replay, running.now)


async def lags() -> Lags:
    """Give what tells how far each stage is behind."""
    return Lags(
        publisher=SINGLE_PUBLISHER,
        consumers=(PROJECTIONS,),
        feed=await wiring.feed(),
        leases=await wiring.leases(),
        log=await wiring.log_reader(),
        progress=await wiring.progress(),
        now=wiring.now,
    )
