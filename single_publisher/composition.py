"""The publisher, assembled once a process."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters import wiring
from shared.adapters.http.parked_streams_endpoint import Operations
from shared.adapters.identity.configured_actors import actors
from shared.adapters.lazy_singleton import once
from shared.adapters.names import PROJECTIONS, SINGLE_PUBLISHER
from shared.domain import domain
from single_publisher.publish import Publisher

if TYPE_CHECKING:
    from single_publisher.sweep import Sweep


@once
async def publisher() -> Publisher:
    """Give the publisher of this process."""
    log, store, parking = await wiring.log(), await wiring.event_reader(), await wiring.parking()
    return Publisher(log, store, parking, wiring.now)


async def operations() -> Operations:
    """Give what operators do with streams that are parked for the publisher."""
    running = await publisher()
    return Operations(SINGLE_PUBLISHER, running.parking, running.release, running.now, actors())


@once
async def sweep() -> "Sweep":
    """Give the sweep of this process."""
    from single_publisher.sweep import Sweep
    from single_publisher.sweep_witness import Witness

    running = await publisher()
    return Sweep(
        feed=await wiring.feed(),
        progress=await wiring.progress(),
        witness=Witness(await wiring.delivered_rows(), domain.kept_views),
        parking=running.parking,
        publisher=running,
        # Only these can keep rows behind.
        consumers=(SINGLE_PUBLISHER, PROJECTIONS),
        now=running.now,
        age=timedelta(seconds=wiring.settings().sweep_age),
    )
