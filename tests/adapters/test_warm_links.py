"""What warming up opens is what is sent with and closed: no link is left behind, and none in use is replaced."""

import pytest

from emulators.tests.serving import Services
from shared.adapters.event_hubs import EventHubsLog, open_log
from shared.kernel.errors import ConfigurationError
from tests.adapters.emulators import local_settings


def links(log: EventHubsLog) -> dict[str, object]:
    """Returns the SDK's producers, each with the link that it sends over."""
    return {name: getattr(one, "_handler", None) for name, one in log._client._producers.items()}


async def test_being_let_in_again_opens_no_further_link(services: Services) -> None:
    log = open_log(local_settings(services))
    await log.send(0, [b"{}"])
    sending = links(log)["0"]
    await log.connect()
    first = links(log)

    await log.connect()

    assert links(log) == first
    assert first["0"] is sending, "a link that was in use was replaced"
    await log.close()


async def test_another_number_of_partitions_leaves_no_link_open(services: Services) -> None:
    log = open_log(local_settings(services, EVENT_PARTITIONS="2"))

    with pytest.raises(ConfigurationError, match="another number"):
        await log.warm()

    assert set(links(log).values()) == {None}, "a link was opened that nothing would close"
    await log.close()
