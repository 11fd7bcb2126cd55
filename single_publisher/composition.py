"""The publisher, assembled once a process."""

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.adapters import wiring
from shared.adapters.http.operations import Operations
from shared.adapters.names import PROJECTIONS
from shared.domain import domain
from single_publisher.publish import CONSUMER, Publisher

if TYPE_CHECKING:
    from single_publisher.sweep import Sweep

# What this role needs of what can be tried without a trace; infra/apps.json grants it.
RIGHTS = (
    *("events:read", "leases:write", "views:read", "parked:write", "progress:write"),
    "events:send",
)

_assembled: list[Publisher] = []


async def publisher() -> Publisher:
    """Give the publisher of this process."""
    if not _assembled:
        log, store, parking = (
            await wiring.log(),
            await wiring.event_reader(),
            await wiring.parking(),
        )
        _assembled.append(Publisher(log, store, parking, wiring.now))
    return _assembled[0]


async def operations() -> Operations:
    """Give what operators do with streams that are parked for the publisher."""
    running = await publisher()
    return Operations(CONSUMER, running.parking, running.release, running.now)


async def sweep() -> "Sweep":
    """Give the sweep of this process."""
    from single_publisher.sweep import Sweep
    from single_publisher.witness import Witness

    running = await publisher()
    return Sweep(
        feed=await wiring.feed(),
        progress=await wiring.progress(),
        witness=Witness(await wiring.delivered_rows(), domain.kept_views),
        parking=running.parking,
        publisher=running,
        # Only these can keep rows behind.
        consumers=(CONSUMER, PROJECTIONS),
        now=running.now,
        age=timedelta(seconds=wiring.settings().sweep_age),
    )
