"""The CPU that a warm command costs beside a bare insert, as a ratio within one run."""

import pytest

from emulators.tests.serving import Services
from tests.bench.processes import measured
from tests.figures import note

pytestmark = pytest.mark.alone

BUDGET = 1.25
"""What a warm command may cost beside its insert, where the processor is a quiet one."""

MOST = 1.4
"""What it may cost anywhere: the slower memory is, the dearer is code that runs once behind each request."""

MOST_CALLS = 1.2
"""How many functions it may call beside its insert: this is the same on every machine."""

RUNS = 3


def test_a_warm_command_costs_little_more_than_its_insert(
    services: Services, pytestconfig: pytest.Config
) -> None:
    ratios = []
    for _ in range(RUNS):
        spent = measured("command_cpu", services)
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
