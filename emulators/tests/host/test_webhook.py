"""The webhook of the Event Grid trigger, as the extension answers: handshakes, deliveries, and what is none."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from emulators.tests.host.hosts import World, world
from emulators.tests.host.raw import ask
from emulators.tests.serving import Services

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/runtime/webhooks/eventgrid"
NAMED = f"{PATH}?functionName=delivered"
TOLD = "\naeg-event-type: Notification"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hooked(
    services: Services, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with world(services, tmp_path_factory.mktemp("webhook")) as made:
        await made.start()
        yield made


async def answered(hooked: World, request: str, body: str = "") -> tuple[int, str, str]:
    return await ask(hooked.said["port"], request, body)


@pytest.mark.parametrize("origin", ["eventgrid.azure.net", "elsewhere.example", ""])
async def test_a_handshake_allows_the_origin_of_the_service_and_no_rate(
    origin: str, hooked: World
) -> None:
    status, headers, _ = await answered(
        hooked, f"OPTIONS {NAMED}\nWebHook-Request-Origin: {origin}"
    )

    assert status == 200
    assert ("webhook-allowed-origin: eventgrid.azure.net" in headers) == ("azure" in origin)
    assert "webhook-allowed-rate" not in headers


async def test_the_validation_event_is_answered_with_its_code(hooked: World) -> None:
    event = [{"data": {"validationCode": "c1"}}]
    request = f"POST {NAMED}\naeg-event-type: SubscriptionValidation"

    _, _, content = await answered(hooked, request, json.dumps(event))

    assert json.loads(content) == {"validationResponse": "c1"}


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (f"POST {NAMED}", 202),
        (f"PUT {NAMED}", 202),
        (f"POST {PATH}/?functionName=delivered", 202),
        (f"POST {PATH}?FUNCTIONNAME=delivered", 202),
        (f"POST {PATH}?functionName=Delivered", 404),
        (f"POST {PATH}", 404),
    ],
)
async def test_a_delivery_goes_to_the_function_that_the_query_names(
    request_line: str, status: int, hooked: World
) -> None:
    event = {"id": request_line, "data": {"by": request_line}}
    before = len(hooked.of("delivered"))

    assert (await answered(hooked, request_line + TOLD, json.dumps([event])))[0] == status

    came = [one["data"] for one in hooked.of("delivered")[before:]]
    assert came == ([[event["data"]]] if status == 202 else [])


async def test_a_function_that_fails_is_named_in_a_500(hooked: World) -> None:
    told = await answered(hooked, f"POST {NAMED}{TOLD}", '[{"data": {"fails": true}}]')

    assert (told[0], told[2]) == (500, "Exception while executing function: delivered")


async def test_what_is_no_json_is_a_500_and_what_is_no_delivery_a_400(hooked: World) -> None:
    assert (await answered(hooked, f"POST {NAMED}{TOLD}", "{"))[0] == 500
    assert (await answered(hooked, f"POST {NAMED}", "[]"))[0] == 400
