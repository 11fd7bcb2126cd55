"""What is measured in a process of its own, beside the emulators: it prints its figures as JSON."""

import json
import subprocess
import sys

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from infra.local.stack import ROOT

type Figures = dict[str, int]
"""Microseconds, or calls of functions, by what they are of."""

COLLECTOR = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
}
"""Telemetry for which nobody listens: what is watched is made and packed all the same."""


def measured(module: str, services: Services, **settings: str) -> Figures:
    """Run a module of the bench on the emulators."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}"],
        cwd=ROOT,
        env={
            "COSMOS": services.cosmos,
            "EVENTHUBS": services.event_hubs,
            "EVENTGRID": services.event_grid,
            **settings,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=limit(),
    )
    found: Figures = json.loads(done.stdout.splitlines()[0])
    return found
