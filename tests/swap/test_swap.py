"""Add a folder in `shared/domain` and its specs, change one line, and you have another product."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from emulators.tests.event_grid.webhooks import Webhook, serving
from emulators.tests.waiting import until
from tests.local.running import Running, running
from tests.local.shopping import ask, happened, post
from tests.local.subscribing import subscribed
from tests.reference import copied
from tests.swap.clones import python, with_lamps

SECRET = "the-secret-of-the-sky"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the project that runs another domain, and holds its specs."""
    return with_lamps(copied(tmp_path / "copy"))


@pytest.fixture
async def stack(copy: Path, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(
        tmp_path / "state", None, copy, WEBHOOK_SECRETS=f"partner={SECRET}"
    ) as started:
        yield started


async def test_the_specs_of_another_domain_hold_in_every_way(copy: Path, stack: Running) -> None:
    told = python(copy, "tests.specs")
    assert "A night light goes dark by itself" in told

    page = copy / "docs" / "lamps" / "specification.md"
    page.unlink()
    there = python(copy, "tests.specs", "--url", stack.url)
    assert "specs, 0 do not hold" in there
    # Whoever asks, and whoever may read, is somebody whom the specs name.
    assert "holds  and once by another\n" in there
    assert (
        "known to whoever has booked it (but for what is left out over HTTP: what the log holds"
        in there
    )
    assert not page.exists(), "what holds elsewhere is not what this domain does"


async def test_another_domain_answers_commands_and_queries(stack: Running) -> None:
    async with aiohttp.ClientSession(stack.url) as http:

        async def told(method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
            async with http.request(method, path, **options) as response:
                return response.status, await response.json()

        lamp, key = "/api/lamp/desk", {"Idempotency-Key": "first"}
        assert (await told("POST", f"{lamp}/switch-off", json={}))[1]["refusal"] == "dark-already"
        first = await told("POST", f"{lamp}/switch-on", json={"brightness": 60}, headers=key)
        again = await told("POST", f"{lamp}/switch-on", json={"brightness": 60}, headers=key)
        assert again == first
        data = {"switch": 1, "brightness": 60}
        assert first[1]["events"] == [
            {"version": 1, "type": "SwitchedOn", "schema": 1, "data": data}
        ]
        assert (await told("POST", f"{lamp}/switch-on", json={"brightness": 101}))[0] == 400
        projected = {"Prefer": "until=projected, wait=20"}
        assert (await told("POST", f"{lamp}/switch-off", json={}, headers=projected))[0] == 200

        shown = await told("GET", "/api/views/lamps/desk")
        assert shown[1]["rows"][0]["data"] == {"brightness": 0, "switched": 2}
        assert (await told("GET", "/api/streams/lamp-desk?at=1"))[1]["state"] == data
        paths = (await told("GET", "/api/openapi.json"))[1]["paths"]
        assert {"/api/lamp/{id}/switch-on", "/api/views/lamps"} <= paths.keys()
        assert not [path for path in paths if "go-dark" in path or "diary" in path]
        assert (await told("GET", "/api/health"))[1]["status"] == "ready"


async def test_another_domain_runs_through_every_role(stack: Running) -> None:
    async with (
        aiohttp.ClientSession(stack.url) as http,
        serving(Webhook()) as webhook,
        subscribed(stack.event_grid, webhook.url),
    ):
        later = {"Prefer": "respond-async"}
        queued = await post(http, "/api/lamp/desk/switch-on", {"brightness": 60}, **later)
        done = await until(
            lambda: ask(http, queued["status"]), lambda told: told["outcome"] != "pending"
        )
        assert [event["type"] for event in done["events"]] == ["SwitchedOn"]

        sunset = {
            "specversion": "1.0",
            "id": "s1",
            "source": "/sky",
            "type": "com.example.sky.sun-set",
            "data": {"lamp": "porch"},
        }
        for _ in range(2):
            await post(http, "/api/webhooks", [sunset], **{"webhook-secret": SECRET})

        # The clock calls night lights off once a minute.
        await webhook.attempts(1)

        await until(lambda: happened(http, "diary-porch"), lambda found: "Rested" in found)
        assert await happened(http, "lamp-porch") == ["SwitchedOn", "SwitchedOff"]
        assert await happened(http, "diary-porch") == ["LightNoted", "Rested"]
        assert await happened(http, "diary-desk") == ["LightNoted"]
        (told,) = {event["id"]: event for event in webhook.events}.values()
        assert told["id"] == "lamp-porch@2/com.example.lamps.lamp.went-dark.v1"
        assert told["data"] == {"link": "/api/views/lamps/porch", "lamp": "porch"}
        shown = await ask(http, f"{told['data']['link']}?at-least=lamp-porch@2")
        assert shown["rows"][0]["data"] == {"brightness": 0, "switched": 2}
        assert await ask(http, "/api/operations/parked") == {"parked": []}
