"""The publisher, assembled once a process."""

from shared.adapters import wiring
from shared.adapters.http.operations import Operations
from single_publisher.publish import CONSUMER, Publisher

_assembled: list[Publisher] = []


async def publisher() -> Publisher:
    """Give the publisher of this process."""
    if not _assembled:
        log, store, parking = await wiring.log(), await wiring.event_store(), await wiring.parking()
        _assembled.append(Publisher(log, store, parking, wiring.now))
    return _assembled[0]


async def operations() -> Operations:
    """Give what operators do with streams that are parked for the publisher."""
    running = await publisher()
    return Operations(CONSUMER, running.parking, running.replay, running.now)
