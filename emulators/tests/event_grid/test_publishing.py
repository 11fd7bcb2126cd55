"""What a topic takes in and what it refuses, with the bare SDK where it can be made to ask."""

import json
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.eventgrid.aio import EventGridPublisherClient

from emulators.event_grid.authorization import KEY
from emulators.tests.event_grid.grids import Grid, cloud_event, grid_event
from emulators.tests.event_grid.webhooks import Webhook

BATCH, SINGLE = "application/cloudevents-batch+json", "application/cloudevents+json"
MEGABYTE, LARGEST_REQUEST = 1024 * 1024, 1_536_000
CLOUD_EVENT = {"id": "1", "source": "/s", "type": "t", "specversion": "1.0"}
GRID_EVENT = {"id": "1", "subject": "s", "eventType": "t", "eventTime": "2026-01-01T00:00:00Z"}

BAD_CLOUD_EVENTS: dict[str, Any] = {
    "'source' must be": {**CLOUD_EVENT, "source": ""},
    "'type' must be": {"id": "1", "source": "/s", "specversion": "1.0"},
    "'specversion' must be '1.0'": {**CLOUD_EVENT, "specversion": "0.3"},
    "'correlationId' is not 1 to 20": {**CLOUD_EVENT, "correlationId": "c"},
    "'time' is not a time": {**CLOUD_EVENT, "time": "yesterday"},
    "Both 'data' and 'data_base64'": {**CLOUD_EVENT, "data": 1, "data_base64": "MQ=="},
    "Expected: StartObject": "an event",
}
BAD_GRID_EVENTS: dict[str, Any] = {
    "unexpected property 'source'": {**GRID_EVENT, "source": "/s"},
    "'subject' must be": {**GRID_EVENT, "subject": None},
    "'eventTime' is not a time": {**GRID_EVENT, "eventTime": "yesterday"},
    "'topic' must be absent": {**GRID_EVENT, "topic": "/another"},
    "'metadataVersion' must be absent": {**GRID_EVENT, "metadataVersion": "2"},
    "Expected: StartObject": "an event",
}


async def test_cloud_events_arrive_as_they_were_published(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)
    event = cloud_event(subject="tank-7", extensions={"traceparent": "00-1-2-01"})

    await grid.publish("cloud", event)

    await grid.settled("cloud")
    [arrived] = webhook.events
    assert arrived.pop("time")
    assert arrived == {
        "specversion": "1.0",
        "id": "1",
        "source": "/plant/tanks",
        "type": "TankRanLow",
        "subject": "tank-7",
        "traceparent": "00-1-2-01",
        "data": {"n": 1},
    }


async def test_events_of_the_event_grid_schema_are_stamped_with_their_topic(
    grid: Grid, webhook: Webhook
) -> None:
    await grid.subscribe("classic", webhook.url)

    await grid.publish("classic", grid_event())

    await grid.settled("classic")
    [arrived] = webhook.events
    assert arrived.pop("eventTime")
    assert arrived.pop("topic").endswith("/providers/Microsoft.EventGrid/topics/classic")
    assert arrived == {
        "id": "1",
        "subject": "tank-7",
        "eventType": "TankRanLow",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "data": {"n": 1},
    }


async def test_one_cloud_event_may_come_without_an_array(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)

    assert await grid.post("cloud", json.dumps(CLOUD_EVENT), SINGLE) == (200, None)

    await grid.settled("cloud")
    assert webhook.events == [CLOUD_EVENT]


async def test_a_wrong_key_is_refused(grid: Grid) -> None:
    async with grid.publisher("cloud", key="d3Jvbmc=") as publisher:
        with pytest.raises(ClientAuthenticationError, match="not authorized for this topic"):
            await publisher.send(cloud_event())


async def test_an_entra_token_is_refused_by_name(grid: Grid) -> None:
    status, said = await grid.post("cloud", "[]", BATCH, Authorization="Bearer token")

    assert status == 401
    assert "does not support Entra tokens" in said["error"]["message"]


async def test_an_unknown_topic_is_refused_by_name(grid: Grid) -> None:
    async with grid.publisher("nowhere") as publisher:
        with pytest.raises(ResourceNotFoundError) as refused:
            await publisher.send(cloud_event())

    assert "There is no topic 'nowhere'" in str(refused.value.__cause__)


async def test_topics_of_a_namespace_are_refused(grid: Grid) -> None:
    async with EventGridPublisherClient(
        grid.url, AzureKeyCredential(KEY), namespace_topic="cloud"
    ) as publisher:
        with pytest.raises(HttpResponseError, match="not support topics of a namespace") as refused:
            await publisher.send(cloud_event())

    assert refused.value.status_code == 501


async def test_another_api_version_is_refused_by_name(grid: Grid) -> None:
    async with grid.publisher("cloud", api_version="2020-01-01") as publisher:
        with pytest.raises(HttpResponseError, match="does not support api-version '2020-01-01'"):
            await publisher.send(cloud_event())


async def test_partner_channels_are_refused_by_name(grid: Grid) -> None:
    async with grid.publisher("cloud") as publisher:
        with pytest.raises(HttpResponseError, match="does not support channels"):
            await publisher.send(cloud_event(), channel_name="partner")


async def test_cloud_events_are_refused_by_a_topic_of_the_other_schema(grid: Grid) -> None:
    with pytest.raises(
        HttpResponseError, match="configured for 'EventGridEvent' schema"
    ) as refused:
        await grid.publish("classic", cloud_event())

    assert refused.value.status_code == 400


async def test_the_event_grid_schema_is_refused_by_a_topic_of_cloud_events(grid: Grid) -> None:
    with pytest.raises(HttpResponseError, match="configured for 'CloudEventV10' schema") as refused:
        await grid.publish("cloud", grid_event())

    assert refused.value.status_code == 400


@pytest.mark.parametrize("sentence", BAD_CLOUD_EVENTS)
async def test_a_malformed_cloud_event_is_refused_with_its_reason(
    sentence: str, grid: Grid
) -> None:
    status, said = await grid.post("cloud", json.dumps([BAD_CLOUD_EVENTS[sentence]]), BATCH)

    assert status == 400
    assert sentence in said["error"]["message"]


@pytest.mark.parametrize("sentence", BAD_GRID_EVENTS)
async def test_a_malformed_event_is_refused_with_its_reason(sentence: str, grid: Grid) -> None:
    body = json.dumps([BAD_GRID_EVENTS[sentence]])
    status, said = await grid.post("classic", body, "application/json")

    assert status == 400
    assert sentence in said["error"]["message"]


@pytest.mark.parametrize("body", ["{", '{"id": "1"}'])
async def test_what_is_no_array_is_refused_in_the_shape_of_the_service(
    body: str, grid: Grid
) -> None:
    status, said = await grid.post("classic", body, "application/json")

    assert status == 400
    error = said["error"]
    assert error["code"] == "BadRequest"
    assert error["details"] == [{"code": "InputJsonInvalid", "message": error["message"]}]


async def test_one_bad_event_refuses_the_whole_array(grid: Grid, webhook: Webhook) -> None:
    await grid.subscribe("cloud", webhook.url)
    bad = BAD_CLOUD_EVENTS["'source' must be"]

    assert (await grid.post("cloud", json.dumps([CLOUD_EVENT, bad]), BATCH))[0] == 400

    assert (await grid.get("cloud", "hook"))["undelivered"] == 0


# aiohttp warns of bodies of more than a megabyte, which is the point of the test.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_an_event_of_a_megabyte_is_taken_and_a_larger_one_refused(grid: Grid) -> None:
    room = MEGABYTE - len(json.dumps({**CLOUD_EVENT, "data": ""}, separators=(",", ":")))

    for size, status in ((room, 200), (room + 1, 413)):
        body = json.dumps([{**CLOUD_EVENT, "data": "x" * size}])
        assert (await grid.post("cloud", body, BATCH))[0] == status


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_request_has_the_largest_size_that_the_service_names(grid: Grid) -> None:
    fits = f"[{json.dumps(CLOUD_EVENT)}]".ljust(LARGEST_REQUEST)
    assert (await grid.post("cloud", fits, BATCH))[0] == 200

    status, said = await grid.post("cloud", f"{fits} ", BATCH)

    assert status == 413
    assert said["error"]["message"] == "The maximum size (1536000) has been exceeded."


async def test_an_array_of_more_than_five_thousand_events_is_refused(grid: Grid) -> None:
    for count, status in ((5000, 200), (5001, 413)):
        body = json.dumps([CLOUD_EVENT] * count)
        assert (await grid.post("cloud", body, BATCH))[0] == status
