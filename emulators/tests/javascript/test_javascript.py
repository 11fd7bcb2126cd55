"""Microsoft's SDKs for JavaScript, unmodified: each script beside this asserts what it does."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import ROOT

HERE = Path(__file__).parent
PORTS = ("--cosmos", "0", "--event-hubs", "0", "--event-grid", "0", "--faults", "0")
NAMES = (
    *("--hub", "javascript:2", "--hub", "reading:2", "--hub", "rhea:1"),
    "--topic",
    "clouds",
    "--topic",
    "events:EventGridSchema",
)

pytestmark = [
    # It installs packages from the registry.
    pytest.mark.proof,
    pytest.mark.skipif(not shutil.which("npm"), reason="there is no Node here"),
]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs the SDKs, beside copies of the scripts."""
    folder = tmp_path_factory.mktemp("javascript")
    for file in (HERE / "package.json", *HERE.glob("*.mjs")):
        shutil.copy(file, folder)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=folder, check=True, timeout=limit(300))
    return folder


@pytest.fixture(scope="module", params=["plain", "tls"])
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Starts the emulators, and says in variables where they are."""
    state = tmp_path_factory.mktemp("state")
    tls = ["--tls"] if request.param == "tls" else []
    command = [sys.executable, "-m", "emulators", "--state", str(state), *PORTS, *NAMES, *tls]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield _variables(json.loads(process.stdout.readline()))
        process.terminate()


def _variables(ready: dict[str, Any]) -> dict[str, str]:
    to = ready["connections"]
    parts = {name: text.split(";AccessKey=") for name, text in to["topics"].items()}
    return {
        "COSMOS": to["cosmos"],
        "EVENT_HUBS": to["eventHubs"],
        "FAULTS": f"http://127.0.0.1:{ready['faults']}",
        "CLOUD_EVENTS": parts["clouds"][0].removeprefix("Endpoint="),
        "EVENT_GRID_EVENTS": parts["events"][0].removeprefix("Endpoint="),
        "EVENT_GRID_KEY": parts["clouds"][1],
        **({"NODE_EXTRA_CA_CERTS": ready["certificate"]} if "certificate" in ready else {}),
    }


def run(script: str, scripts: Path, environment: dict[str, str]) -> str:
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, f"{script}.mjs"],
        cwd=scripts,
        env=environment,
        capture_output=True,
        text=True,
        timeout=limit(60),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "script", ["cosmos", "event_hubs", "event_hubs_reading", "event_grid", "rhea"]
)
def test_the_sdk_does_what_its_script_asserts(
    script: str, scripts: Path, environment: dict[str, str]
) -> None:
    assert run(script, scripts, environment) == f"{script.replace('_', ' ')}: right\n"


@pytest.mark.parametrize("script", ["event_hubs", "event_hubs_reading"])
def test_event_hubs_speaks_websockets(
    script: str, scripts: Path, environment: dict[str, str]
) -> None:
    if "NODE_EXTRA_CA_CERTS" not in environment:
        pytest.skip("the SDK speaks WebSockets over TLS only")

    said = run(script, scripts, {**environment, "WEBSOCKETS": "1"})

    assert said == f"{script.replace('_', ' ')}: right\n"
