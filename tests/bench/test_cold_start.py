"""What a new instance pays before its first command, beside the SDKs that it cannot do without."""

import json
import os
import statistics
import subprocess
import sys

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from tests.figures import note
from tests.reference import ROOT

pytestmark = pytest.mark.alone

# With compiled modules, as a deployed app has them: without, all takes longer, and the share of the app is 1.2.
MOST = 1.3
ROUNDS = 9
RUNS = 3
NEEDED = "import azure.functions, azure.cosmos.aio, pydantic"
APP = "import function_app; function_app.app.get_functions()"
LOADED = """
import sys
print(json.dumps(sorted(name for name in sys.modules.keys() - set(sys.builtin_module_names)
    if not hasattr(sys.modules[name], "__file__") or "site-packages" in str(sys.modules[name].__file__))))
"""
FIRST_COMMAND = """
import asyncio, os
from pathlib import Path
from emulators.host import worker
from emulators.host.protos import RpcHttp, TypedData
from emulators.host.worker import Retry

async def first() -> None:
    found = {one.name: one for one in await worker.index(Path.cwd())}
    params = {"category": "item", "id": "COLD", "command": "register-item"}
    body = TypedData(bytes=b'{"name": "Teapot", "reorderPoint": 2}')
    headers = {"content-type": "application/json"}
    http = RpcHttp(method="POST", url="http://a/", headers=headers, params=params, body=body)
    answer = await worker.invoke(found["command"], "req", TypedData(http=http), {}, retry=Retry(), id_="1")
    assert answer.return_value is not None, answer.result

asyncio.run(first())
"""


def run(code: str, **settings: str) -> str:
    """Run code in a process of its own, with the CPU seconds of it as the last line."""
    timed = f"import json, time; begun = time.process_time()\n{code}\nprint(time.process_time() - begun)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", timed],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=limit(),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(code: str, **settings: str) -> set[str]:
    """Name the modules of others that code has loaded, the SDKs of Azure one by one."""
    names: list[str] = json.loads(run(code + LOADED, **settings).splitlines()[-2])
    return {".".join(name.split(".")[: 2 if name.startswith("azure.") else 1]) for name in names}


def measured() -> tuple[float, float, float]:
    """Load the SDKs and the app in turns: the median CPU seconds of each, and of their ratios turn by turn."""
    turns = [[float(run(code).splitlines()[-1]) for code in (NEEDED, APP)] for _ in range(ROUNDS)]
    needed, app = (statistics.median(seconds) for seconds in zip(*turns, strict=True))
    return needed, app, statistics.median(app / needed for needed, app in turns)


def test_loading_the_app_costs_little_more_than_the_sdks(pytestconfig: pytest.Config) -> None:
    for code in (NEEDED, APP):
        run(code)
    ratios = []
    for _ in range(RUNS):
        needed, app, ratio = measured()
        ratios.append(ratio)
        note(
            pytestconfig,
            f"cold start: the app loads in {app * 1000:.0f} ms, the SDKs of the first command in"
            f" {needed * 1000:.0f} ms: {ratio:.2f}",
        )
        if ratio <= MOST:
            break

    # The same code takes half as long again while others use the machine: one quiet run is enough.
    assert min(ratios) <= MOST


def test_loading_the_app_loads_nothing_but_functions_and_pydantic() -> None:
    both = loaded("import azure.functions; from pydantic import BaseModel, Field")

    assert loaded(APP) - both == set()


def test_the_first_command_loads_the_store_and_nothing_of_the_log(services: Services) -> None:
    settings = {
        "COSMOS": services.cosmos,
        "EVENTHUBS": services.event_hubs,
        "SWEEP_SCHEDULE": "0 * * * * *",
    }

    found = loaded(FIRST_COMMAND, **settings)

    assert {"azure.cosmos", "azure.core", "aiohttp"} <= found
    assert found & {"azure.eventhub", "azure.eventgrid", "azure.identity", "opentelemetry"} == set()


def test_telemetry_is_loaded_when_somebody_takes_it(services: Services) -> None:
    settings = {
        "COSMOS": services.cosmos,
        "EVENTHUBS": services.event_hubs,
        "SWEEP_SCHEDULE": "0 * * * * *",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }

    assert "opentelemetry" in loaded(FIRST_COMMAND, **settings)
