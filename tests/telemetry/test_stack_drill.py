"""A drill on the whole local stack: what its host sends, the query of the rule, the command of the runbook."""

import json
import re
import subprocess
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from emulators.tests.waiting import until_true
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.cosmos.parking import CosmosParking
from shared.adapters.names import PARKED
from shared.adapters.otel.metric_names import SWEEP_LAG
from shared.adapters.settings import Settings
from shared.kernel.delivery.parking import Parked
from tests.infra.kusto import Engine, Rows, running_engine
from tests.kernel.asking import NOON
from tests.local.running import Running, running
from tests.reference import ROOT
from tests.telemetry.alerting import rings_over_rows, rules
from tests.telemetry.breeze import Breeze, ingesting, rows

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="module")]

RULE = rules("scheduledQueryRules")["parked"]
RUNBOOKS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("engine")) as started:
        yield started


@pytest.fixture(scope="module")
def breeze() -> Iterator[Breeze]:
    with ingesting() as taking:
        yield taking


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory, breeze: Breeze) -> AsyncIterator[Running]:
    settings = {**breeze.settings, "OTEL_METRIC_EXPORT_INTERVAL": "200"}
    async with running(tmp_path_factory.mktemp("stack") / "state", None, **settings) as made:
        yield made


async def window(stack: Running, breeze: Breeze) -> Rows:
    """Let the timer `measure` ring; gives the rows of what it has told."""
    breeze.taken()
    async with (
        aiohttp.ClientSession(stack.url) as http,
        http.post("/admin/functions/measure", json={}) as called,
    ):
        assert called.status == 202

    def told() -> list[str]:
        points = (one["data"]["baseData"]["metrics"] for one in breeze.of("MetricData"))
        return [point["name"] for metrics in points for point in metrics]

    # What it tells last.
    await until_true(lambda: SWEEP_LAG in told())
    return rows(breeze.taken())


def release(stack: Running) -> dict[str, object]:
    """Type what the runbook says for the local stack; the ports alone are others."""
    (command,) = re.findall(r"```sh\n# local\n(curl [^`]*/release\")\n```", RUNBOOKS)
    typed = command.replace("127.0.0.1:7071", f"127.0.0.1:{stack.ports.http}")
    said = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", typed],
        env={"STREAM": "item-TEA", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    ).stdout
    answer: dict[str, object] = json.loads(said)
    return answer


async def test_a_parked_stream_rings_until_it_is_released(
    stack: Running, breeze: Breeze, engine: Engine
) -> None:
    async with (
        aiohttp.ClientSession(stack.url) as http,
        http.post("/api/item/TEA/register-item", json={"name": "Tea", "reorderPoint": 1}) as asked,
    ):
        assert asked.status == 200
    client = await open_client(Settings.read(stack.settings))
    parking = CosmosParking(container(client, PARKED))
    before = await window(stack, breeze)

    await parking.park(Parked("projections", "item-TEA", 1, 1, "a bug in a view", NOON))
    meanwhile = await window(stack, breeze)
    released = release(stack)
    after = await window(stack, breeze)
    await client.close()

    assert (released["stream"], released["version"]) == ("item-TEA", 1)
    rings = [rings_over_rows(RULE, engine, found) for found in (before, meanwhile, after)]
    assert rings == [False, True, False]
