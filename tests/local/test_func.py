"""`make func`: everything that `func start` needs but `func` itself, and the settings file that it writes."""

import asyncio
import json
import re
import socket
import sys
from pathlib import Path

from azure.cosmos.aio import CosmosClient
from azure.eventhub.aio import EventHubProducerClient

from emulators.tests.waiting import in_time
from infra.local.func import AZURITE, STORAGE, TOLD, settings, write_settings
from infra.local.ports import Ports, free_port
from infra.local.stack import SETTINGS, make_stack
from tests.reference import ROOT

PAGE = (ROOT / "docs" / "operations" / "func.md").read_text(encoding="utf-8")
NAMED = ("COSMOS", "EVENTHUBS", "EVENTGRID", "ARCHIVE_FOLDER")


def test_the_settings_are_those_of_the_example_with_the_ports_of_this_stack(tmp_path: Path) -> None:
    example = json.loads(SETTINGS.read_text(encoding="utf-8"))
    ports = Ports(cosmos=1, event_hubs=2, event_grid=3)

    written = settings(make_stack(ports, tmp_path))

    assert {**written, "Values": None} == {**example, "Values": None}
    assert written["Values"].keys() == example["Values"].keys()
    others = {name for name, value in written["Values"].items() if value != example["Values"][name]}
    assert others == set(NAMED)
    assert "http://127.0.0.1:1/" in written["Values"]["COSMOS"]
    assert written["Values"]["EVENTHUBS"].startswith("Endpoint=sb://127.0.0.1:2;")
    assert "UseDevelopmentEmulator=true" in written["Values"]["EVENTHUBS"]
    assert "http://127.0.0.1:3/topics/" in written["Values"]["EVENTGRID"]
    assert written["Values"]["ARCHIVE_FOLDER"] == str(tmp_path / "capture")
    assert written["Values"]["AzureWebJobsStorage"] == "UseDevelopmentStorage=true"


def test_a_file_that_is_there_stays_and_what_is_otherwise_is_named(tmp_path: Path) -> None:
    wanted, target = settings(make_stack(Ports(), tmp_path)), tmp_path / "settings.json"
    assert write_settings(target, wanted) == []
    assert json.loads(target.read_text(encoding="utf-8")) == wanted

    own = {**wanted, "Values": wanted["Values"] | {"COSMOS": "mine"}}
    target.write_text(json.dumps(own), encoding="utf-8")

    assert write_settings(target, wanted) == ["COSMOS"]
    assert json.loads(target.read_text(encoding="utf-8")) == own


async def test_what_it_has_started_is_where_the_settings_say(tmp_path: Path) -> None:
    target, ports = tmp_path / "local.settings.json", Ports.free()
    with socket.create_server(("127.0.0.1", free_port())) as storage:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra.local.func", "--state", str(tmp_path / "state")),
            *("--settings", str(target), "--storage", str(storage.getsockname()[1])),
            *("--cosmos", str(ports.cosmos), "--event-hubs", str(ports.event_hubs)),
            *("--event-grid", str(ports.event_grid), "--faults", str(ports.faults)),
            *("--http", str(ports.http)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        async with in_time():
            said = await process.stdout.readuntil(b"Ctrl-C")
        values = json.loads(target.read_text(encoding="utf-8"))["Values"]
        async with CosmosClient.from_connection_string(values["COSMOS"]) as client:
            database = client.get_database_client("onewrite")
            assert "leases" in [one["id"] async for one in database.list_containers()]
        async with EventHubProducerClient.from_connection_string(
            values["EVENTHUBS"], eventhub_name="events"
        ) as producer:
            assert len(await producer.get_partition_ids()) == 4
        process.terminate()
        assert await process.wait() == 0
    assert b"it is taken for Azurite" in said
    assert b"func start" in said


def test_the_page_says_what_the_command_does() -> None:
    blocks = re.findall(r"```sh\n# local: .*?\n(.*?)```", PAGE, re.DOTALL)
    typed = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert typed[0] == "make func"
    assert [line for line in typed[1:] if line in TOLD] == typed[1:]
    assert f"npx {AZURITE} --skipApiVersionCheck" in PAGE
    assert f"port {STORAGE}" in PAGE
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert AZURITE.replace("@", ":") in compose
