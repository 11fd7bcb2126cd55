"""What a publisher and a webhook see of each fault, and what is delivered in the end."""

import pytest
from azure.core.exceptions import AzureError, HttpResponseError

from emulators.faults import VOCABULARY
from emulators.tests.event_grid.grids import Grid, cloud_event
from emulators.tests.event_grid.webhooks import Webhook
from emulators.tests.machine import limit

REFUSED = ("400", "429", "503")
TRIED_AGAIN = REFUSED[1:]
DROPPED = {"drop-before": [], "drop-after": ["1"]}
# How often a webhook gets one event, and the delivery counts it sees; what is refused for good never comes.
DELIVERED = {
    "400": [],
    "429": ["1"],
    "503": ["1"],
    "drop-before": ["1"],
    "drop-after": ["0", "1"],
    "delay": ["0"],
    "duplicate": ["0", "0"],
}


@pytest.mark.parametrize("fault", REFUSED)
async def test_a_refused_publishing_has_its_status_and_no_effect(
    fault: str, grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail(fault, "publish")

    with pytest.raises(HttpResponseError) as refused:
        await grid.publish("cloud", cloud_event())

    assert refused.value.status_code == int(fault)
    assert (await grid.get("cloud", "hook"))["undelivered"] == 0
    assert grid.faults.fired() == {f"event-grid/{fault}": 1}


async def test_a_rule_about_a_text_strikes_no_other_event(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail("400", "publish", probability=1.0, about="unwanted")

    with pytest.raises(HttpResponseError):
        await grid.publish("cloud", cloud_event(2, subject="unwanted"))
    await grid.publish("cloud", cloud_event())

    await grid.settled("cloud")
    assert webhook.ids == ["1"]


@pytest.mark.parametrize("fault", TRIED_AGAIN)
async def test_the_sdk_tries_again_when_it_is_told_how_long_to_wait(
    fault: str, grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail(fault, "publish", seconds=0.01)

    async with grid.publisher("cloud", retry_total=1) as publisher:
        await publisher.send(cloud_event())

    await grid.settled("cloud")
    assert webhook.ids == ["1"]


@pytest.mark.parametrize("fault", DROPPED)
async def test_a_dropped_publishing_is_an_error_whether_or_not_it_is_accepted(
    fault: str, grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail(fault, "publish")

    with pytest.raises(AzureError):
        await grid.publish("cloud", cloud_event())

    await grid.settled("cloud")
    assert webhook.ids == DROPPED[fault]


async def test_a_late_answer_is_an_error_and_the_event_is_accepted(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail("delay", "publish", seconds=3600)

    async with grid.publisher("cloud", read_timeout=limit(0.3)) as publisher:
        with pytest.raises(AzureError):
            await publisher.send(cloud_event())

    await grid.settled("cloud")
    assert webhook.ids == ["1"]


async def test_what_is_published_twice_is_delivered_twice(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail("duplicate", "publish")

    await grid.publish("cloud", cloud_event())

    await grid.settled("cloud")
    assert webhook.ids == ["1", "1"]


@pytest.mark.parametrize("fault", DELIVERED)
async def test_a_fault_of_a_delivery_ends_in_at_least_one_unless_it_is_a_refusal(
    fault: str, grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("cloud", webhook.url)
    grid.fail(fault, "deliver", container="hook", seconds=0.01)

    await grid.publish("cloud", cloud_event())

    await grid.settled("cloud")
    assert grid.faults.fired() == {f"event-grid/{fault}": 1}
    counts = [request.headers["aeg-delivery-count"] for request in webhook.deliveries]
    assert counts == DELIVERED[fault]
    assert set(webhook.ids) == ({"1"} if DELIVERED[fault] else set())


async def test_a_rule_strikes_the_subscription_that_it_names(grid: Grid, webhook: Webhook) -> None:
    for name in ("first", "second"):
        await grid.subscribe("cloud", f"{webhook.url}/{name}", name)
    grid.fail("duplicate", "deliver", container="second")

    await grid.publish("cloud", cloud_event())

    for name in ("first", "second"):
        await grid.settled("cloud", name)
    targets = sorted(request.target for request in webhook.deliveries)
    assert targets == ["/hook/first", "/hook/second", "/hook/second"]


def test_every_fault_has_a_test_here() -> None:
    assert {*REFUSED, *DROPPED, "delay", "duplicate"} == VOCABULARY["event-grid"] == {*DELIVERED}
