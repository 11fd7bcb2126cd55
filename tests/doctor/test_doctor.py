"""The doctor finds nothing on a running stack; and each thing that is broken, it names."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubProducerClient

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from infra.doctor import log, package
from infra.doctor.apps import EVERYWHERE
from infra.doctor.examination import CHECKS
from infra.doctor.patient import Functions, Unseen
from infra.local.ports import free_port, option
from tests.active import UNDECLARED
from tests.conftest import named_emulators
from tests.doctor.breakages import ALSO, BROKEN, ELSEWHERE
from tests.doctor.ward import DESCRIBED, Ward, function_set
from tests.infra.clouds import APPS
from tests.local.names import Names
from tests.local.running import Running
from tests.reference import ROOT

WINDOW = timedelta(hours=168)
FAILED: tuple[int, dict[str, object], dict[str, str]] = (500, {}, {})


@pytest.fixture(scope="module")
def functions() -> Functions:
    return asyncio.run(package.index())


@pytest.fixture(scope="module")
def spoken(services: Services) -> Services:
    """Give the emulators with a message in each hub: in an empty one the doctor waits to be refused."""

    async def speak(hub: str) -> None:
        async with EventHubProducerClient.from_connection_string(
            services.event_hubs, eventhub_name=hub
        ) as client:
            await client.send_batch([EventData(b"{}")], partition_id="0")

    async def speak_to_all() -> None:
        await asyncio.gather(*map(speak, DESCRIBED["hubs"]))

    asyncio.run(speak_to_all())
    return services


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the doctor wait for a message as long as it takes: no hub of these tests is empty."""
    monkeypatch.setattr(log, "SILENCE", limit())
    monkeypatch.setattr(log, "TIMEOUT", limit(8))


@pytest.fixture
async def ward(spoken: Services, functions: Functions) -> AsyncIterator[Ward]:
    async with function_set() as set_:
        yield Ward(spoken, set_, functions)


async def test_nothing_is_wrong_with_the_healthy(ward: Ward) -> None:
    ward.checks = dict(CHECKS)

    assert await ward.complaints() == {}


@pytest.mark.parametrize("breaks", BROKEN, ids=lambda breaks: breaks.__name__)
async def test_what_is_broken_is_named(ward: Ward, breaks: Callable[[Ward], Any]) -> None:
    done = breaks(ward)
    if asyncio.iscoroutine(done):
        await done

    found = await ward.complaints()

    name, said = BROKEN[breaks]
    assert said in found.pop(name)
    assert found.keys() == ALSO.get(breaks, set())
    assert all("cannot be checked" in said or "answers" in said for said in found.values())


async def test_what_would_ask_nobody_may_be_off(ward: Ward) -> None:
    assert ward.set.running
    assert "polling" in ward.set.running
    ward.set.running -= {"polling"}

    assert "apps" not in await ward.complaints()


async def test_what_cannot_be_seen_of_a_deployed_set_is_not_called_well(ward: Ward) -> None:
    ward.environment = None

    found = await ward.findings()

    unseen = {name: said.why for name, said in found.items() if isinstance(said, Unseen)}
    assert unseen.keys() == {"retry policies", "schedules"}
    assert "of this checkout" in unseen["retry policies"]
    assert "SWEEP_SCHEDULE" in unseen["schedules"]


@pytest.mark.parametrize("proven", [False, True])
async def test_only_an_event_as_old_as_the_window_proves_the_retention(
    ward: Ward, *, proven: bool
) -> None:
    ward.checks = {"retention": CHECKS["retention"]}
    oldest = await ward.oldest()
    # A second before the first of all is as old, and when the first of each hub is.
    first = max(oldest) if proven else min(oldest) - timedelta(seconds=1)
    ward.now = lambda: first + WINDOW

    said = (await ward.findings())["retention"]

    if proven:
        assert said is None
    else:
        assert isinstance(said, Unseen)
        assert "events (168 hours) and commands (168 hours)" in said.why


async def test_the_retention_of_each_hub_is_proven_by_itself(ward: Ward) -> None:
    ward.checks = {"retention": CHECKS["retention"]}
    last = max(await ward.oldest())
    ward.now = lambda: last + WINDOW
    ward.asked["hubs"]["commands"]["retentionHours"] = 400

    said = (await ward.findings())["retention"]

    assert isinstance(said, Unseen)
    assert "commands (400 hours)" in said.why
    assert "events (" not in said.why


async def test_each_app_is_asked_for_what_runs_in_it(ward: Ward) -> None:
    async with function_set() as api, function_set() as publisher:
        of = {name: APPS[name]["functions"] for name in APPS}
        sets = {"command_api": api, "single_publisher": publisher, "consumers": ward.set}
        for name, one in sets.items():
            one.key = f"the key of {name}"
            one.running = {*EVERYWHERE, *of[name]} - UNDECLARED
            one.off = set(ward.functions) - one.running
            others = [f"operations/rights/{other}" for other in sets if other != name]
            one.answers |= dict.fromkeys(others, FAILED)
        # The platform lets whoever shows the master key into functions that are off, too.
        api.answers |= dict.fromkeys(("operations/lag", "operations/parked", "webhooks"), FAILED)
        for name in ("health", "operations/lag", "operations/parked", "webhooks"):
            publisher.answers[name] = FAILED
        ward.set.answers["health"] = FAILED
        ward.sets = list(sets.values())

        assert await ward.complaints() == {}


async def test_a_store_that_is_not_strong_is_named(ward: Ward, tmp_path: Path) -> None:
    with named_emulators(tmp_path / "weak", "--consistency", "Session") as weak:
        ward.services = weak
        ward.settings = {"COSMOS": weak.cosmos, "EVENTHUBS": weak.event_hubs}

        found = await ward.complaints()

    assert "Session" in found.pop("strong store")
    assert found == {}


async def test_what_cannot_be_reached_is_a_complaint_and_stops_no_other_check(ward: Ward) -> None:
    ward.set.url = "http://127.0.0.1:9"

    found = await ward.complaints()

    assert "cannot be asked" in found.pop("apps")
    assert found.keys() == {"health", "clocks", "rights", "parked", "lag", "handshake"}
    assert all("cannot be checked" in said for said in found.values())


def test_every_check_is_seen_failing() -> None:
    assert {name for name, _ in BROKEN.values()} | ELSEWHERE == CHECKS.keys()


async def doctor(*arguments: str, **settings: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.doctor", *arguments),
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return await process.wait(), said.decode()


async def test_a_running_stack_is_well_and_found_by_its_ports(stack: Running, own: Names) -> None:
    url = f"{stack.url}/api/item/{own('SKU')}/register-item"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json={"name": "Teapot", "reorderPoint": 1}) as response,
    ):
        assert response.status == 200

    ports = [(option(name), str(port)) for name, port in asdict(stack.ports).items()]
    code, said = await doctor(*chain.from_iterable(ports), "--state", str(stack.state))

    unseen = ("retention",)
    expected = [f"?     {name}: " if name in unseen else f"well  {name}" for name in CHECKS]
    assert [line[: len(one)] for line, one in zip(said.splitlines(), expected, strict=True)] == (
        expected
    )
    assert code == 0


async def test_a_store_that_does_not_answer_is_told_with_what_to_do() -> None:
    code, said = await doctor("--cosmos", str(free_port()))

    assert code == 1
    assert said.startswith("ILL   store: it cannot be reached: Cosmos DB does not answer")
    assert "OPTIONS" in said


async def test_as_many_keys_as_apps_or_one_for_all() -> None:
    urls = ("https://a.example", "https://b.example", "https://c.example")
    code, _ = await doctor("--url", *urls, DOCTOR_KEY="one two")

    assert code == 2


async def test_a_missing_setting_is_named_before_anything_else() -> None:
    code, said = await doctor("--url", "https://elsewhere.example", COSMOS="", EVENTHUBS="")

    assert code == 1
    assert said.startswith("ILL   settings: the setting COSMOS is missing")
