"""compose.yaml, the configuration of its emulators and the example settings agree with the names."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import yaml
from azure.cosmos import CosmosClient

from emulators.tests.serving import Services
from infra.local.stack import ROOT, SETTINGS
from infra.official_emulators import event_hubs
from infra.official_emulators.health import ADDRESSES, ill
from infra.official_emulators.seed import seed
from shared.adapters.connections import connection_parts
from tests.infra.clouds import DESCRIBED

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VALUES: dict[str, str] = json.loads(SETTINGS.read_text(encoding="utf-8"))["Values"]
COSMOS = VALUES[DESCRIBED["connections"]["cosmos"]]
EVENT_HUBS = VALUES[DESCRIBED["connections"]["eventHubs"]]


def test_the_event_hubs_emulator_is_told_the_names() -> None:
    written = event_hubs.TARGET.read_text(encoding="utf-8")

    assert written == event_hubs.text(DESCRIBED), (
        "run python -m infra.official_emulators.event_hubs"
    )
    mounted = SERVICES["event-hubs"]["volumes"][0].split(":")
    assert (ROOT / mounted[0]).samefile(event_hubs.TARGET)
    assert mounted[1:] == ["/Eventhubs_Emulator/ConfigFiles/Config.json", "ro"]


def test_the_configuration_is_what_the_emulator_accepts() -> None:
    (namespace,) = event_hubs.configuration(DESCRIBED)["UserConfig"]["NamespaceConfig"]

    assert (namespace["Type"], namespace["Name"]) == ("EventHub", "emulatorNs1")
    assert 1 <= len(namespace["Entities"]) <= 10
    for hub in namespace["Entities"]:
        assert 1 <= hub["PartitionCount"] <= 32
        assert 1 <= len(hub["ConsumerGroups"]) <= 20
        assert "$default" not in [group["Name"].lower() for group in hub["ConsumerGroups"]]


def test_ports_are_open_on_this_machine_alone() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_example_settings_find_the_emulators() -> None:
    endpoint = connection_parts(COSMOS)["AccountEndpoint"]
    published = {
        name: [port.split(":")[1] for port in service.get("ports", [])]
        for name, service in SERVICES.items()
    }

    assert endpoint.removeprefix("http://127.0.0.1:").strip("/") in published["cosmos"]
    assert SERVICES["cosmos"]["environment"]["PROTOCOL"] == endpoint.partition(":")[0]
    # Without a port in the address, the client takes that of AMQP.
    assert connection_parts(EVENT_HUBS)["Endpoint"] == "sb://127.0.0.1"
    assert published["event-hubs"] == ["5672"]
    assert VALUES["AzureWebJobsStorage"] == "UseDevelopmentStorage=true"
    assert published["azurite"] == ["10000", "10001", "10002"]


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        tag = service["image"].partition(":")[2]
        assert re.search(r"\d", tag), name
        assert "latest" not in tag


def test_only_what_exists_is_waited_for() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


def test_seeding_makes_what_the_names_say_and_may_be_repeated(services: Services) -> None:
    database = f"seeded-{uuid4()}"
    names = {**DESCRIBED, "database": database}

    seed(services.cosmos, names)
    seed(services.cosmos, names)

    with CosmosClient.from_connection_string(services.cosmos) as client:
        made = {one["id"]: one for one in client.get_database_client(database).list_containers()}
    assert made.keys() == DESCRIBED["containers"].keys()
    for name, asked in DESCRIBED["containers"].items():
        assert made[name]["partitionKey"]["paths"] == [asked["partitionKey"]]
        assert made[name].get("defaultTtl") == asked.get("timeToLive")


class Health(BaseHTTPRequestHandler):
    """Is not well when it is asked first, and well from then on."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200 if type(self).asked > 1 else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture
def health() -> Iterator[str]:
    Health.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/health"
        server.shutdown()


def test_an_emulator_is_well_when_it_says_so(health: str) -> None:
    assert ill([health]) == [health]
    assert ill([health]) == []


def test_an_emulator_that_does_not_answer_is_ill() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        address = f"http://127.0.0.1:{server.server_port}/health"

    assert ill([address]) == [address]


def test_the_check_names_who_is_ill() -> None:
    asked = SERVICES["health"]["healthcheck"]["test"]
    ran = subprocess.run(
        [sys.executable, *asked[2:]], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert asked[:2] == ["CMD", "python"]
    assert ran.returncode == 1
    assert ran.stderr.split()[-len(ADDRESSES) :] == list(ADDRESSES)


def test_every_emulator_is_checked_before_anything_uses_it() -> None:
    hosts = {urlsplit(address).hostname for address in ADDRESSES}
    beside = {SERVICES["health"]["network_mode"].partition(":")[2]}
    checked = {name for name, service in SERVICES.items() if "healthcheck" in service}

    assert hosts - {"127.0.0.1"} | beside | checked == SERVICES.keys() - {"seed"}
    assert SERVICES["seed"]["depends_on"] == {"health": {"condition": "service_healthy"}}
    assert "docker compose up --detach --wait" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_readme_leads_to_func_start() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told, _, commands = text.partition("## With `func`")[2].partition("```sh\n")

    for needed in ("Core Tools 4", "Docker", "Python 3.13"):
        assert needed in told
    assert [
        line.partition(" #")[0].strip() for line in commands.partition("```")[0].splitlines()
    ] == [
        "make setup && . .venv/bin/activate",
        f"cp {SETTINGS.name} local.settings.json",
        "make emulators",
        "func start",
    ]
    assert "local.settings.json" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_what_the_emulators_do_not_play_is_said() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for gap in ("indexing policies", "unique keys", "If-Match", "Capture", "Event Grid"):
        assert gap in text
    assert Path(ROOT / "Makefile").read_text(encoding="utf-8").count("docker compose")
