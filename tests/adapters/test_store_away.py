"""A new host while the store is away: every function on a route says so, and nothing stays open."""

import gc
import json
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import azure.functions as func
import pytest

import command_api.composition
import consumers.composition
import single_publisher.composition
from emulators.tests.serving import FaultsClient, Services
from shared.adapters import wiring
from shared.adapters.lazy_singleton import Once
from shared.adapters.settings import Settings
from tests.adapters.emulators import local_settings
from tests.functions import FUNCTIONS, OPEN

ROUTES: dict[str, dict[str, str]] = {
    "command": {"category": "item", "id": "TEA", "command": "receive-stock"},
    "stream": {"stream": "item-TEA"},
    "outcome": {"stream": "item-TEA"},
    "outcome_cancel": {"stream": "item-TEA"},
    "causes": {"stream": "item-TEA"},
    "view": {"view": "stock", "key": "TEA"},
    "view_list": {"view": "stock"},
    "feed": {"feed": "shop"},
    "feed_chain": {"feed": "shop", "partition": "0"},
    "feed_page": {"feed": "shop", "partition": "0", "page": "1-1"},
    "command_api_rights": {},
    "publisher_release": {"stream": "item-TEA"},
    "publisher_skip": {"stream": "item-TEA"},
    "single_publisher_rights": {},
    "view_rebuild": {"view": "stock"},
    "audit": {},
    "lag": {},
    "live": {},
    "parked": {},
    "release_parked": {"consumer": "projections", "stream": "item-TEA"},
    "skip_parked": {"consumer": "projections", "stream": "item-TEA"},
    "consumers_rights": {},
}
BODIES = {"command": b'{"quantity": 1}', "view_rebuild": b'{"from": "log"}'}
FAULTS = {
    "throttle": (429, "throttled"),
    "503": (503, "unavailable"),
    "reset-before": (503, "unavailable"),
}
CONNECTIONS = {
    "COSMOS": "AccountEndpoint=http://127.0.0.1/;AccountKey=QUJD",
    "EVENTHUBS": "Endpoint=sb://127.0.0.1;SharedAccessKeyName=a;SharedAccessKey=b",
    "EVENTGRID": "g",
}
ALONE = OPEN | {"feed_list"}


async def asked(function: str) -> tuple[int, str]:
    request = func.HttpRequest(
        "POST",
        "/api",
        headers={"content-type": "application/json"},
        params={"command-id": "c1"} if function.startswith("outcome") else {},
        route_params=ROUTES.get(function, {}),
        body=BODIES.get(function, b'{"by": "a", "reason": "b", "from": 1}'),
    )
    answer: func.HttpResponse = await FUNCTIONS[function].get_user_function()(request)
    return answer.status_code, answer.get_body().decode()


def sessions() -> int:
    """Count the HTTP sessions that are open."""
    gc.collect()
    return sum(
        isinstance(one, aiohttp.ClientSession) and not one.closed for one in gc.get_objects()
    )


@pytest.fixture
def nowhere() -> Iterator[Settings]:
    """Settings of a store whose address nobody listens at."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        cosmos = f"AccountEndpoint={address}/;AccountKey=QUJD"
        yield Settings.read({**CONNECTIONS, "COSMOS": cosmos})


@pytest.fixture
async def cold(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Forget what this process has made."""
    roles = (command_api.composition, single_publisher.composition, consumers.composition)
    for made in (one for module in (wiring, *roles) for one in vars(module).values()):
        if isinstance(made, Once):
            monkeypatch.setattr(made, "making", None)
    wiring._reader.cache_clear()
    yield
    for hub in ("events", "commands"):
        await wiring._reader(hub).close()
    wiring._reader.cache_clear()


def test_every_function_on_a_route_is_asked() -> None:
    on_routes = {
        name
        for name, found in FUNCTIONS.items()
        if (trigger := found.get_trigger()) and trigger.get_binding_name() == "httpTrigger"
    }

    assert ROUTES.keys() | ALONE == on_routes


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize("function", ROUTES)
async def test_a_store_that_cannot_be_reached_is_told_as_a_problem(
    function: str, nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "settings", lambda: nowhere)
    before = sessions()

    status, body = await asked(function)

    assert (status, json.loads(body)["code"]) == (503, "unavailable")
    assert "127.0.0.1" not in body
    assert len(json.loads(body)["traceId"]) == 32
    assert sessions() == before


@pytest.mark.usefixtures("cold")
async def test_health_says_which_check_fails_and_openapi_needs_no_store(
    nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "settings", lambda: nowhere)
    for name in ("COSMOS", "EVENTHUBS", "EVENTGRID"):
        monkeypatch.setenv(name, CONNECTIONS[name])
    before = sessions()

    status, body = await asked("health")

    assert (status, json.loads(body)["status"]) == (503, "unready")
    checks = [(one["name"], one.get("error")) for one in json.loads(body)["checks"]]
    away = [(name, "unavailable") for name in ("store", "views", "leases")]
    assert checks == [("settings", None), *away]
    assert "127.0.0.1" not in body
    assert (await asked("openapi"))[0] == (await asked("docs"))[0] == 200
    assert sessions() == before


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("function", ["command", "parked"])
async def test_a_store_that_fails_is_told_and_answers_as_soon_as_it_is_back(
    function: str,
    fault: str,
    services: Services,
    faults: FaultsClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = local_settings(services)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    before = sessions()
    await faults.set(1, {"service": "cosmos", "fault": fault, "every": 1})

    status, body = await asked(function)

    found: dict[str, Any] = json.loads(body)
    assert ((status, found["code"]), sessions()) == (FAULTS[fault], before)
    await faults.set(1)
    assert (await asked(function))[0] in {200, 422}
    await (await wiring._cosmos()).close()
