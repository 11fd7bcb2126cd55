"""All that a run has measured, with its date, its machine and its versions, as JSON and back."""

import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

from emulators.tests.machine import calibrate
from infra.local.stack import ROOT
from tests.bench.contestants import CONTESTANTS
from tests.bench.processes import COLLECTOR, Figures, measured
from tests.bench.rounds import Measured, Size, compare
from tests.bench.test_cold_start import measured as started
from tests.conftest import named_emulators

JSON: Final = ROOT / "docs" / "performance.json"
SDKS: Final = ("azure-cosmos", "azure-functions", "azure-functions-runtime", "pydantic", "aiohttp")


@dataclass(frozen=True, slots=True)
class Results:
    """One run: `command` and `watched` are a command over the SDK without and with telemetry."""

    date: str
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    kernel: Measured
    command: Figures
    watched: Figures
    request: Figures
    publisher: Figures
    start: Mapping[str, float]

    @classmethod
    def read(cls, path: Path = JSON) -> Self:
        """Read what a run has kept."""
        found = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**found, "kernel": Measured(**found["kernel"])})

    def write(self, path: Path = JSON) -> None:
        """Keep a run."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def run(size: Size, tell: Callable[[str], None] = print) -> Results:
    """Measure everything, one section after another."""
    slowness = calibrate()
    tell("peers side by side")
    kernel = compare(CONTESTANTS, size, tell)
    tell("a command over the SDK, and a request by its layers")
    with tempfile.TemporaryDirectory() as folder, named_emulators(Path(folder)) as services:
        command = measured("command_cpu", services)
        watched = measured("command_cpu", services, **COLLECTOR)
        request = measured("request_cpu", services)
        publisher = measured("publisher_cpu", services)
    tell("start")
    needed, app, ratio = started()
    return Results(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=_machine(slowness),
        versions={name: version(name) for name in SDKS},
        kernel=kernel,
        command=command,
        watched=watched,
        request=request,
        publisher=publisher,
        start={"SDKs": round(needed * 1e3), "app": round(app * 1e3), "ratio": round(ratio, 2)},
    )


def _machine(slowness: float) -> Mapping[str, str]:
    return {
        "system": f"{platform.system()} on {platform.machine()}",
        "processors": str(os.cpu_count()),
        "Python": platform.python_version(),
        "calibration": f"{slowness:.2f}",
    }
