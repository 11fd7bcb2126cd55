"""Keys, asked for as in Azure: in header or parameter, by level, on functions, webhooks, the paths of the host."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from emulators.host.keys import Keys
from emulators.tests.host.hosts import World, world
from emulators.tests.host.raw import ask
from emulators.tests.serving import Services

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOOK = "POST /runtime/webhooks/eventgrid?functionName=delivered"
UNSUBSCRIBE = "\naeg-event-type: Unsubscribe"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(
    services: Services, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with world(services, tmp_path_factory.mktemp("keys")) as made:
        made.environment["AzureWebJobs.fails.Disabled"] = "1"
        await made.start(options=("--auth",))
        yield made


async def status(asking: World, request: str) -> int:
    """Ask; {function}, {master} and {event_grid} are the keys."""
    return (await ask(asking.said["port"], request.format(**asking.said["keys"])))[0]


@pytest.mark.parametrize(
    ("path", "opened_by"),
    [
        ("/api/rest/x", {"", "wrong", "{function}", "{master}", "{event_grid}"}),
        ("/api/keyed", {"{function}", "{master}"}),
        ("/api/ruled", {"{master}"}),
    ],
)
@pytest.mark.parametrize("key", ["", "wrong", "{function}", "{master}", "{event_grid}"])
async def test_a_function_is_opened_by_the_keys_of_its_level(
    path: str, opened_by: set[str], key: str, asking: World
) -> None:
    wanted = 200 if key in opened_by else 401

    assert await status(asking, f"GET {path}?code={key}") == wanted
    assert await status(asking, f"GET {path}\nx-functions-key: {key}") == wanted


async def test_a_wrong_header_beats_a_right_parameter(asking: World) -> None:
    assert await status(asking, "GET /api/keyed?code={function}\nx-functions-key: no") == 401


async def test_the_key_reaches_the_function_as_any_parameter(asking: World) -> None:
    key = asking.said["keys"]["function"]

    told = await ask(asking.said["port"], f"GET /api/keyed?code={key}")

    assert told[2] == f"keyed {{'code': '{key}'}}"


async def test_a_disabled_function_is_the_masters_alone_and_keeps_its_route(asking: World) -> None:
    assert await status(asking, "GET /api/fails") == 404
    assert await status(asking, "GET /api/fails?code={master}") == 500


@pytest.mark.parametrize(
    ("key", "wanted"),
    [("", 401), ("wrong", 401), ("{function}", 403), ("{event_grid}", 202), ("{master}", 202)],
)
async def test_the_webhook_of_event_grid_asks_for_the_systems_key(
    key: str, wanted: int, asking: World
) -> None:
    assert await status(asking, f"{HOOK}&code={key}{UNSUBSCRIBE}") == wanted


@pytest.mark.parametrize("path", ["/", "/admin/host/ping", "/admin/warmup"])
async def test_what_the_platform_asks_needs_no_key(path: str, asking: World) -> None:
    assert await status(asking, f"GET {path}") == 200


@pytest.mark.parametrize("path", ["/admin/host/status", "/admin/functions"])
async def test_what_an_operator_asks_needs_the_masters(path: str, asking: World) -> None:
    code, headers, _ = await ask(asking.said["port"], f"GET {path}")

    assert (code, "www-authenticate: bearer" in headers) == (401, True)
    assert await status(asking, f"GET {path}?code={{function}}") == 403
    assert await status(asking, f"GET {path}?code={{master}}") == 200


async def test_the_host_lists_its_functions_as_the_platform_does(asking: World) -> None:
    request = f"GET /admin/functions?code={asking.said['keys']['master']}"
    _, _, content = await ask(asking.said["port"], request)

    listed = {one["name"]: one["isDisabled"] for one in json.loads(content)}
    assert (listed["fails"], listed["keyed"]) == (True, False)


async def test_a_function_is_called_by_hand_with_the_masters(asking: World) -> None:
    called = "POST /admin/functions/delivered"
    body = json.dumps({"input": json.dumps({"id": "by hand", "data": {"by": "hand"}})})
    master = f"\nx-functions-key: {asking.said['keys']['master']}"

    assert (await ask(asking.said["port"], called, body))[0] == 401
    assert (await ask(asking.said["port"], called + master, body))[0] == 202
    await asking.until(lambda: bool(asking.of("delivered")))

    assert asking.of("delivered")[0]["data"] == [{"by": "hand"}]
    assert (await ask(asking.said["port"], f"POST /admin/functions/for_ever{master}"))[0] == 501


async def test_the_keys_of_a_state_are_made_once(tmp_path: Path) -> None:
    first = Keys.kept(tmp_path)

    assert Keys.kept(tmp_path) == first
    assert len({first.function, first.master, first.event_grid}) == 3
