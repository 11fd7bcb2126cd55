"""The topic on the emulator: few requests, and what goes wrong is told as something that may pass."""

from dataclasses import replace

import pytest

from emulators.tests.serving import FaultsClient, Services
from shared.adapters.event_grid import MOST_EVENTS, open_notifier, requests
from shared.kernel.errors import ConfigurationError, NotificationTooLarge, NotifierUnavailable
from tests.adapters.emulators import local_settings
from tests.contracts.test_notifier import told

MEGABYTE = 1_048_576


def test_requests_are_as_full_as_they_may_be() -> None:
    many = [told(number, "x" * 100_000) for number in range(1, 26)]

    packed = list(requests(many, MEGABYTE))

    assert [len(request) for request in packed] == [10, 10, 5]
    assert [one.sequence for request in packed for one in request] == list(range(1, 26))


def test_a_request_has_no_more_events_than_the_service_takes() -> None:
    packed = requests([told(1)] * (MOST_EVENTS + 1), 100 * MEGABYTE)

    assert [len(request) for request in packed] == [MOST_EVENTS, 1]


def test_what_fits_into_no_request_is_told_so() -> None:
    with pytest.raises(NotificationTooLarge, match="order-7@2"):
        list(requests([told(1), told(2, "x" * MEGABYTE)], MEGABYTE))


async def test_a_batch_is_one_request(services: Services, faults: FaultsClient) -> None:
    notifier = open_notifier(local_settings(services))
    before = await faults.publishings("notifications")

    await notifier.publish([told(number) for number in range(1, 101)])

    assert await faults.publishings("notifications") == before + 1
    await notifier.close()


@pytest.mark.parametrize("fault", ["429", "503", "drop-before", "drop-after"])
async def test_what_is_not_acknowledged_may_go_well_later(
    fault: str, services: Services, faults: FaultsClient
) -> None:
    notifier = open_notifier(local_settings(services))
    rule = {"service": "event-grid", "operation": "publish", "fault": fault, "at": [1]}
    await faults.set(1, rule)

    with pytest.raises(NotifierUnavailable) as raised:
        await notifier.publish([told(1)])
    await notifier.publish([told(1)])

    assert raised.value.transient
    await notifier.close()


async def test_what_the_topic_will_never_take_is_found_among_the_others(
    services: Services, faults: FaultsClient
) -> None:
    notifier = open_notifier(local_settings(services))
    many = [told(number) for number in range(1, 17)]
    many[4] = replace(many[4], source="")
    many[11] = replace(many[11], source="")
    before = await faults.publishings("notifications")

    refused = await notifier.publish(many)

    assert [one.notification for one in refused] == [many[4], many[11]]
    assert all("'source'" in one.reason for one in refused)
    assert await faults.publishings("notifications") <= before + 1 + 2 * 2 * 4
    assert await notifier.publish([told(1)]) == []
    await notifier.close()


async def test_a_wrong_key_may_be_mended(services: Services) -> None:
    endpoint = services.event_grid.partition("AccessKey=")[0]
    notifier = open_notifier(local_settings(services, EVENTGRID=f"{endpoint}AccessKey=d3Jvbmc="))

    with pytest.raises(NotifierUnavailable, match="not authorized"):
        await notifier.publish([told(1)])

    await notifier.close()


def test_a_connection_without_a_key_is_named(services: Services) -> None:
    with pytest.raises(ConfigurationError, match="AccessKey"):
        open_notifier(local_settings(services, EVENTGRID="Endpoint=http://g/"))


def test_who_has_no_topic_is_told_when_it_is_needed(services: Services) -> None:
    with pytest.raises(ConfigurationError, match="the setting EVENTGRID is missing"):
        open_notifier(local_settings(services, EVENTGRID=""))
