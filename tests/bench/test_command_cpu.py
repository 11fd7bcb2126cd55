"""The CPU that a warm command costs beside a bare insert, as a ratio within one run."""

import json
import subprocess
import sys

import pytest

from emulators.tests.machine import limit
from emulators.tests.serving import Services
from tests.figures import note
from tests.reference import ROOT

pytestmark = pytest.mark.alone

BUDGET = 1.25
"""What a warm command may cost beside its insert, where the processor is a quiet one."""

MOST = 1.4
"""What it may cost anywhere: the slower memory is, the dearer is code that runs once behind each request."""

MOST_CALLS = 1.2
"""How many functions it may call beside its insert: this is the same on every machine."""

RUNS = 3


def measured(services: Services) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.command_cpu"],
        cwd=ROOT,
        env={
            "COSMOS": services.cosmos,
            "EVENTHUBS": services.event_hubs,
            "EVENTGRID": services.event_grid,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=limit(),
    )
    found: dict[str, int] = json.loads(done.stdout.splitlines()[0])
    return found


def test_a_warm_command_costs_little_more_than_its_insert(
    services: Services, pytestconfig: pytest.Config
) -> None:
    ratios = []
    for _ in range(RUNS):
        spent = measured(services)
        ratios.append((spent["command"] - spent["empty"]) / spent["create"])
        note(
            pytestconfig,
            f"CPU of a warm command {spent['command']} us, of an empty function {spent['empty']} us,"
            f" of a bare create_item {spent['create']} us: {ratios[-1]:.2f} of the latter",
        )
        if ratios[-1] <= BUDGET:
            break
    own = spent["command calls"] - spent["empty calls"]
    note(
        pytestconfig,
        f"calls of functions: {own} in a warm command without the empty function's,"
        f" {spent['create calls']} in a bare create_item",
    )

    assert own <= MOST_CALLS * spent["create calls"]
    # Whatever else the machine does only adds; one quiet run is enough.
    assert min(ratios) <= MOST
