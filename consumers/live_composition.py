"""What the console polls, assembled once a process."""

from typing import Any

from consumers.composition import FOLLOWING
from consumers.live import SECONDS, Live, WatchedHub
from shared.adapters import names, wiring
from shared.adapters.kept_value import KeptValue
from shared.adapters.lazy_singleton import once


@once
async def live() -> KeptValue[dict[str, Any]]:
    """Give the picture of all stages, taken once a second for all consoles of this process."""
    settings = wiring.settings()
    read = {
        names.EVENTS_HUB: (await wiring.log_reader(), FOLLOWING),
        names.COMMANDS_HUB: (await wiring.mailbox_reader(), (names.MAILBOX,)),
    }
    looking = Live(
        publisher=names.SINGLE_PUBLISHER,
        hubs={
            hub: WatchedHub(
                log=log,
                consumers=consumers,
                partitions=settings.partitions(hub),
                moved_to=settings.moved_to(hub),
                now=wiring.now,
                clock=wiring.clock,
            )
            for hub, (log, consumers) in read.items()
        },
        feed=await wiring.feed(),
        leases=await wiring.leases(),
        progress=await wiring.progress(),
        parking=await wiring.parking(),
        parkers=names.CONSUMERS,
        rows=await wiring.rows(),
        now=wiring.now,
    )
    return KeptValue(looking.look, SECONDS, wiring.clock)
