"""Polling, assembled once a process."""

from typing import TYPE_CHECKING

from consumers.composition import webhooks
from shared.adapters import telemetry, wiring
from shared.adapters.lazy_singleton import once
from shared.adapters.settings import read_feeds

# Where no feed is named, nothing of it is loaded.
if TYPE_CHECKING:
    from consumers.polling.polling import Polling


@once
async def polling() -> "Polling | None":
    """Give what follows the feeds of others in this process, if the settings name any."""
    feeds = read_feeds()
    if not feeds:
        return None
    from consumers.polling.polling import Polling

    return Polling(
        feeds,
        await wiring.others_feeds(),
        (await webhooks()).take,
        await wiring.progress(),
        wiring.now,
        telemetry.record,
    )
