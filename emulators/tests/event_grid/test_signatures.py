"""Signatures that a topic's key has made, in place of the key."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus

import pytest
from azure.core.credentials import AzureSasCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.eventgrid import generate_sas
from azure.eventgrid.aio import EventGridPublisherClient

from emulators.event_grid.authorization import KEY
from emulators.tests.event_grid.grids import Grid, cloud_event

LATER = datetime.now(UTC) + timedelta(hours=1)


async def publish(grid: Grid, signature: str) -> list[int]:
    credential, told = AzureSasCredential(signature), list[int]()
    async with EventGridPublisherClient(grid.endpoint("cloud"), credential) as publisher:
        await publisher.send(
            cloud_event(),
            raw_response_hook=lambda answer: told.append(answer.http_response.status_code),
        )
    return told


async def test_a_signature_opens_its_topic(grid: Grid) -> None:
    assert await publish(grid, generate_sas(grid.endpoint("cloud"), KEY, LATER)) == [200]


@pytest.mark.parametrize("form", ["%m/%d/%Y %H:%M:%S +00:00", "%m/%d/%Y %I:%M:%S %p"])
async def test_the_end_may_be_written_as_dotnet_and_javascript_do(grid: Grid, form: str) -> None:
    resource = quote(f"{grid.endpoint('cloud')}?api-version=2018-01-01", safe="")
    unsigned = f"r={resource}&e={quote_plus(LATER.strftime(form))}"
    digest = hmac.digest(base64.b64decode(KEY), unsigned.encode(), "sha256")

    assert await publish(grid, f"{unsigned}&s={quote_plus(base64.b64encode(digest))}") == [200]


async def test_another_key_topic_or_time_opens_nothing(grid: Grid) -> None:
    here = grid.endpoint("cloud")
    for signature, reason in (
        (generate_sas(here, "d3Jvbmc=", LATER), "not that of the topic's key"),
        (generate_sas(grid.endpoint("classic"), KEY, LATER), "it is for"),
        (generate_sas(here, KEY, datetime(2020, 1, 1, tzinfo=UTC)), "it has ended"),
        ("r=x", "not that of the topic's key"),
    ):
        with pytest.raises(ClientAuthenticationError, match=reason):
            await publish(grid, signature)
