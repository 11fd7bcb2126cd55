"""The doctor finds nothing on a running stack; and each thing that is broken, it names."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from azure.eventhub import EventData
from azure.eventhub.aio import EventHubProducerClient

from infra.doctor import package
from infra.doctor.examination import CHECKS, examine
from infra.doctor.patient import Functions, Patient
from infra.local.provision import provision
from infra.local.stack import NAMES, ROOT
from shared.adapters.cosmos.client import open_client
from shared.adapters.log_reader import open_log_reader
from shared.adapters.memory import MemoryProgress
from shared.adapters.settings import Settings
from tests.conftest import Services, stand_ins
from tests.local.running import running

DESCRIBED: dict[str, Any] = json.loads(NAMES.read_text(encoding="utf-8"))
ORIGIN = "eventgrid.azure.net"
LEASE = {"id": "single-publisher..0", "LeaseToken": "0"}
# Each opens connections, and takes its seconds: they run where they matter.
OF_THE_LOG = {"partitions", "consumer groups", "retention"}
READY = {"status": "ready", "checks": []}


class Set:
    """A function set that answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, tuple[int, Mapping[str, Any], Mapping[str, str]]] = {
            "health": (200, READY, {}),
            "operations/lag": (200, {"stages": []}, {}),
            "operations/parked": (200, {"parked": []}, {}),
            "webhooks": (200, {}, {"WebHook-Allowed-Origin": ORIGIN}),
        }

    async def answer(self, request: web.Request) -> web.Response:
        status, body, headers = self.answers.get(request.match_info["path"], (404, {}, {}))
        return web.json_response(body, status=status, headers=headers)


@asynccontextmanager
async def function_set() -> AsyncIterator[Set]:
    made = Set()
    app = web.Application()
    app.router.add_route("*", "/api/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


class Ward:
    """A patient in good health, and what a test does to it before it is examined."""

    def __init__(self, services: Services, set_: Set, functions: Functions, place: Path) -> None:
        self.services = services
        self.set = set_
        self.made = {**deepcopy(DESCRIBED), "database": f"doctor-{uuid4()}"}
        self.asked = deepcopy(self.made)
        self.functions = {name: deepcopy(dict(one)) for name, one in functions.items()}
        self.settings = {"COSMOS": services.cosmos, "EVENTHUBS": services.event_hubs}
        self.environment = {"SWEEP_SCHEDULE": "0 * * * * *"}
        self.leases = [LEASE]
        self.progress = MemoryProgress()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.checks = {name: CHECKS[name] for name in CHECKS if name not in OF_THE_LOG}
        self._place = place / "names.json"

    async def complaints(self) -> dict[str, str]:
        """Examine; gives what is wrong by the name of the check."""
        self._place.write_text(json.dumps(self.made), encoding="utf-8")
        await asyncio.to_thread(provision, self.services.cosmos, self._place)
        settings = Settings.read(self.settings)
        cosmos, log = await open_client(settings), open_log_reader(settings)
        try:
            database = cosmos.get_database_client(self.made["database"])
            for lease in self.leases:
                await database.get_container_client("leases").upsert_item(lease)
            patient = Patient(
                names=self.asked,
                settings=settings,
                environment=self.environment,
                functions=self.functions,
                cosmos=cosmos,
                log=log,
                progress=self.progress,
                url=self.set.url,
                key="",
                now=self.now,
            )
            return {name: said.wrong async for name, said in examine(patient, self.checks) if said}
        finally:
            await cosmos.close()
            await log.close()


@pytest.fixture(scope="module")
def functions() -> Functions:
    return asyncio.run(package.index())


@pytest.fixture(scope="module")
def spoken(services: Services) -> Services:
    """Give the stand-ins with a message in each hub: in an empty one the doctor waits to be refused."""

    async def speak() -> None:
        for hub in DESCRIBED["hubs"]:
            async with EventHubProducerClient.from_connection_string(
                services.event_hubs, eventhub_name=hub
            ) as client:
                await client.send_batch([EventData(b"{}")], partition_id="0")

    asyncio.run(speak())
    return services


@pytest.fixture
async def ward(spoken: Services, functions: Functions, tmp_path: Path) -> AsyncIterator[Ward]:
    async with function_set() as set_:
        yield Ward(spoken, set_, functions, tmp_path)


def no_functions(ward: Ward) -> None:
    ward.functions = {}


def a_policy_that_ends(ward: Ward) -> None:
    ward.functions["projections"]["retry"] = {"strategy": "exponential_backoff", "most": 5}


def no_schedule(ward: Ward) -> None:
    ward.environment = {}


def a_container_that_nobody_made(ward: Ward) -> None:
    del ward.made["containers"]["parked"]


def another_partition_key(ward: Ward) -> None:
    ward.made["containers"]["events"]["partitionKey"] = "/commandId"


def no_unique_key(ward: Ward) -> None:
    del ward.made["containers"]["events"]["uniqueKeys"]


def events_that_expire(ward: Ward) -> None:
    ward.made["containers"]["events"]["timeToLive"] = 3600


def an_index_too_few(ward: Ward) -> None:
    del ward.made["containers"]["views"]["indexingPolicy"]["compositeIndexes"][1:]


def a_publisher_that_never_ran(ward: Ward) -> None:
    ward.leases = []


def leases_of_somebody_else(ward: Ward) -> None:
    ward.leases = [LEASE, {"id": "another-publisher..0", "LeaseToken": "0"}]


def fewer_partitions_than_the_hub_has(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    ward.settings["EVENT_PARTITIONS"] = "2"


def a_group_that_nobody_made(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    ward.asked["hubs"]["events"]["consumerGroups"].append("another")


async def a_consumer_that_came_too_late(ward: Ward) -> None:
    ward.checks = dict(CHECKS)
    # As if the first events had been dropped: the place is noted before the beginning of the hub.
    await ward.progress.write("projections:0", "-5")


def a_store_that_cannot_be_read(ward: Ward) -> None:
    check = {"name": "store", "ready": False, "error": "403: no role"}
    ward.set.answers["health"] = (503, {"status": "unready", "checks": [check]}, {})


def a_clock_that_is_slow(ward: Ward) -> None:
    ward.now = lambda: datetime.now(UTC) - timedelta(minutes=5)


def a_key_that_is_missing(ward: Ward) -> None:
    ward.set.answers["operations/lag"] = (401, {}, {})


def leases_that_the_app_may_not_read(ward: Ward) -> None:
    ward.set.answers["operations/lag"] = (502, {"detail": "Cosmos DB refuses a request: 403"}, {})


def an_endpoint_without_a_handshake(ward: Ward) -> None:
    del ward.set.answers["webhooks"]


def a_stream_that_is_parked(ward: Ward) -> None:
    parked = [{"stream": "item-SKU1", "consumer": "projections"}]
    ward.set.answers["operations/parked"] = (200, {"parked": parked}, {})


def a_stage_that_is_late(ward: Ward) -> None:
    stage = {"stage": "projections", "partition": "2", "events": 7, "seconds": 300.0}
    ward.set.answers["operations/lag"] = (200, {"stages": [stage]}, {})


BROKEN: dict[Callable[[Ward], Any], tuple[str, str]] = {
    no_functions: ("functions", "cannot be loaded"),
    a_policy_that_ends: ("retry policies", "projections"),
    no_schedule: ("schedules", "SWEEP_SCHEDULE"),
    a_container_that_nobody_made: ("containers", "parked"),
    another_partition_key: ("partition keys", "events by ['/commandId']"),
    no_unique_key: ("unique key", "events"),
    events_that_expire: ("nothing expires", "events after 3600"),
    an_index_too_few: ("indexes", "views"),
    a_publisher_that_never_ran: ("leases", "never run"),
    leases_of_somebody_else: ("leases", "another-publisher..0"),
    fewer_partitions_than_the_hub_has: ("partitions", "events has 4, and 2"),
    a_group_that_nobody_made: ("consumer groups", "events/another"),
    a_consumer_that_came_too_late: ("retention", "projections"),
    a_store_that_cannot_be_read: ("health", "403: no role"),
    a_clock_that_is_slow: ("clocks", "the clock of the functions"),
    a_key_that_is_missing: ("rights", "master key"),
    leases_that_the_app_may_not_read: ("rights", "403"),
    an_endpoint_without_a_handshake: ("handshake", "webhook"),
    a_stream_that_is_parked: ("parked", "item-SKU1 (projections)"),
    a_stage_that_is_late: ("lag", "projections, partition 2"),
}
ELSEWHERE = {"strong store"}


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
    assert found == {}


async def test_a_store_that_is_not_strong_is_named(ward: Ward, tmp_path: Path) -> None:
    with stand_ins(tmp_path / "weak", "--consistency", "Session") as weak:
        ward.services = weak
        ward.settings = {"COSMOS": weak.cosmos, "EVENTHUBS": weak.event_hubs}

        found = await ward.complaints()

    assert "Session" in found.pop("strong store")
    assert found == {}


async def test_what_cannot_be_reached_is_a_complaint_and_stops_no_other_check(ward: Ward) -> None:
    ward.set.url = "http://127.0.0.1:9"

    found = await ward.complaints()

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


async def test_a_running_stack_is_well(tmp_path: Path) -> None:
    async with AsyncExitStack() as entered:
        stack = await entered.enter_async_context(running(tmp_path))
        http = await entered.enter_async_context(aiohttp.ClientSession())
        url = f"{stack.url}/api/item/SKU1/register-item"
        async with http.post(url, json={"name": "Teapot", "reorderPoint": 1}) as response:
            assert response.status == 200

        code, said = await doctor("--url", stack.url, **stack.settings)

    assert said.splitlines() == [f"well  {name}" for name in CHECKS]
    assert code == 0


async def test_a_missing_setting_is_named_before_anything_else() -> None:
    code, said = await doctor("--url", "https://elsewhere.example", COSMOS="", EVENTHUBS="")

    assert code == 1
    assert said.startswith("ILL   settings: the setting COSMOS is missing")
