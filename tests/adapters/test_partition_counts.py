"""Whoever sends has compared the partitions of the hub with the settings before, however it was started."""

from collections.abc import Callable

import pytest

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.event_hubs import EventHubsLog, open_log, open_mailbox
from shared.adapters.settings import Settings
from shared.kernel.errors import ConfigurationError, may_pass
from tests.adapters.emulators import local_settings

type Sender = tuple[Callable[[Settings], EventHubsLog], str, str]

SENDERS = [
    pytest.param((open_log, "events", "EVENT_PARTITIONS"), id="events"),
    pytest.param((open_mailbox, "commands", "COMMAND_PARTITIONS"), id="commands"),
]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("count", ["2", "8"])
async def test_nothing_is_sent_to_a_hub_of_another_number_of_partitions(
    services: Services, faults: FaultsClient, sender: Sender, count: str
) -> None:
    opened, hub, setting = sender
    before = await faults.sends(hub)
    log = opened(local_settings(services, **{setting: count}))
    try:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match=f"the hub {hub} has") as told:
                await log.send(0, [b"{}"])
            # Who handles a message must not take it for poison because of this.
            assert may_pass(told.value)
    finally:
        await log.close()

    assert await faults.sends(hub) == before


@pytest.mark.parametrize("sender", SENDERS)
async def test_a_hub_that_is_as_the_settings_say_takes_what_is_sent(
    services: Services, faults: FaultsClient, sender: Sender
) -> None:
    opened, hub, setting = sender
    before = await faults.sends(hub)
    log = opened(local_settings(services, **{setting: "4"}))
    try:
        await log.send(0, [b"{}"])
        await log.send(1, [b"{}"])
    finally:
        await log.close()

    assert await faults.sends(hub) == before + 2
