"""Whoever sends or consumes has compared the partitions of the hub with the settings before."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.event_hubs import EventHubsLog, open_log, open_mailbox
from shared.adapters.log_reader import open_log_reader
from shared.adapters.settings import Settings
from shared.kernel.errors import ConfigurationError, LogUnavailable, may_pass
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


@pytest.mark.parametrize("hub", ["events", "commands"])
async def test_a_reader_tells_a_hub_of_another_number_of_partitions(
    services: Services, hub: str
) -> None:
    reader = open_log_reader(local_settings(services), hub)
    try:
        await reader.check(4)
        for count in (2, 8):
            with pytest.raises(ConfigurationError, match=f"the hub {hub} has 4 partitions"):
                await reader.check(count)
    finally:
        await reader.close()


async def test_a_hub_that_does_not_answer_in_time_is_not_known_to_differ(
    services: Services,
) -> None:
    reader = open_log_reader(replace(local_settings(services), publish_timeout=0.0))
    try:
        with pytest.raises(LogUnavailable):
            await reader.check(4)
    finally:
        await reader.close()
